"""Train the Keras network: data/ -> models/keras.npz, reports/train_keras/."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from digitrack.data.samples import read_samples, read_scaler
from pipeline.objects import maker
from pipeline.training import Training, example, trained
from tracked import Outcome, Report, Served, main

if TYPE_CHECKING:
    from pipeline.settings import Settings


def run(settings: "Settings", folder: Path, report: Report) -> Outcome:
    """Train with Keras; write the weights and the curves."""
    from digitrack.keras_net import check, network  # imports TensorFlow

    own = settings.train_keras
    makers = {name: maker(getattr(own, name), f"train_keras.{name}") for name in ("optimizer", "kernel_initializer")}
    check.check(**makers, section="train_keras.")  # compose does not see overrides on the command line
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
    network.save(training.model, training.best_network or model.get_weights())
    return outcome(settings, folder, training_seconds=training.end())


def outcome(settings: "Settings", folder: Path, **metrics: float) -> Outcome:
    """Describe a training by its files, which a stage or DVC has put there, and by metrics that are in no file."""
    train = read_samples(folder / "data", "train")

    def served(_spare: Path) -> Served:
        from digitrack.keras_net.network import load, on_raw_pixels

        files = {
            "net": folder / "models/keras.npz",
            "scaler": folder / "data/scaler.npz",
            "about": folder / "data/about.json",
        }
        rows = example(folder, train)
        outputs = on_raw_pixels(load(files["net"]), read_scaler(files["scaler"])).predict_on_batch(np.asarray(rows))
        return Served("digitrack.prediction.serving:keras_net", files, rows, outputs, ["keras", "tensorflow"])

    return trained("keras", folder, train, served, metrics)


if __name__ == "__main__":
    main(run)
