"""Train the Keras network: data/ -> models/keras.npz, reports/train_keras/."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from digitrack.data.samples import read_samples, read_scaler
from pipeline.objects import maker
from pipeline.training import Training, example, trained
from tracked import Outcome, Served, main

if TYPE_CHECKING:
    from pipeline.settings import Settings
    from tracked.outcome import Report


def run(settings: "Settings", folder: Path, report: "Report") -> Outcome:
    """Train with Keras; write the weights and the curves."""
    from digitrack.keras_net import check, network  # imports TensorFlow

    own = settings.train_keras
    makers = {name: maker(getattr(own, name), f"train_keras.{name}") for name in ("optimizer", "kernel_initializer")}
    check.check(**makers, section="train_keras.")  # compose has not seen what the command line says
    training = Training("keras", folder, own.epochs, report, own.early_stopping)
    model = network.fit(
        training.train.x,
        training.train.y,
        training.n_classes,
        n_hidden=own.n_hidden,
        **makers,
        epochs=own.epochs,
        batch_size=own.batch_size,
        seed=settings.seed,
        l2=own.l2,
        rate_decay=own.rate_decay,
        on_epoch=lambda epoch, model: training.epoch(epoch, model.predict_on_batch, model.get_weights),
    )
    network.save(training.model, training.kept or model.get_weights())
    return outcome(settings, folder, training_seconds=training.end())


def outcome(settings: "Settings", folder: Path, **figures: float) -> Outcome:
    """What the files of the training tell, whoever brought them, and figures that are in none."""
    train = read_samples(folder / "data", "train")

    def served(spare: Path) -> Served:
        from digitrack.keras_net.network import load, on_raw_pixels

        files = {"model": spare / "model.keras", "about": folder / "data/about.json"}
        whole = on_raw_pixels(load(folder / "models/keras.npz"), read_scaler(folder / "data/scaler.npz"))
        whole.save(files["model"])
        rows = example(folder, train)
        outputs = whole.predict_on_batch(np.asarray(rows))
        return Served("digitrack.prediction.serving:keras_net", files, rows, outputs, ["keras", "tensorflow"])

    return trained("keras", folder, train, served, figures)


if __name__ == "__main__":
    main(run)
