"""Train the numpy network: data/ -> models/numpy.npz, reports/train_numpy/."""

from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING

from digitrack.data.samples import read_samples
from digitrack.neural_net import NeuralNet, one_hot
from pipeline.training import Training, example, trained
from tracked import Outcome, Report, Served, main

if TYPE_CHECKING:
    from pipeline.settings import Settings


def run(settings: "Settings", folder: Path, report: Report) -> Outcome:
    """Train by plain stochastic gradient descent; write the weights and the curves."""
    own = settings.train_numpy
    training = Training("numpy", folder, own.epochs, report, own.early_stopping)
    train, kernel = training.train, own.kernel_initializer
    net = NeuralNet(
        train.x.shape[1],
        own.n_hidden,
        training.n_classes,
        initializer=kernel.name,
        stddev=kernel.stddev,
        seed=settings.seed,
    )
    net.fit(
        train.x,
        one_hot(train.y, training.n_classes),
        own.learning_rate,
        own.epochs,
        batch_size=own.batch_size,
        seed=settings.seed,
        l2=own.l2 or 0,
        rate_decay=own.rate_decay or 1,
        # The loss that `fit` passes is the mean over the updates; `epoch` measures all samples after them.
        on_epoch=lambda epoch, *_: training.epoch(epoch, net.logits, lambda: deepcopy(net)),
    )
    (training.best_network or net).save(training.model)
    return outcome(settings, folder, training_seconds=training.end())


def outcome(settings: "Settings", folder: Path, **metrics: float) -> Outcome:
    """Describe a training by its files, which a stage or DVC has put there, and by metrics that are in no file."""
    net, train = folder / "models/numpy.npz", read_samples(folder / "data", "train")

    def served(spare: Path) -> Served:
        files = {"net": net, "scaler": folder / "data/scaler.npz", "about": folder / "data/about.json"}
        outputs = NeuralNet.load(net).forward(train.x[:2])
        return Served("digitrack.prediction.serving:numpy_net", files, example(folder, train), outputs)

    return trained("numpy", folder, train, served, metrics)


if __name__ == "__main__":
    main(run)
