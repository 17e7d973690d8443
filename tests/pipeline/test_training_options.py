"""Early stopping, weight decay and a decaying rate, from the settings to what MLflow and the metrics tell."""

import csv
import json

import numpy as np
import pytest

from digitrack.data.samples import read_samples
from digitrack.neural_net import NeuralNet
from digitrack.scores.measures import loss_and_accuracy


def kept(folder, network):
    """The number of the epoch that is marked in the curves, its figures, and the number of all epochs."""
    with (folder / f"reports/train_{network}/curves.csv").open() as file:
        rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
    (marked,) = (row for row in rows if row.pop("kept"))
    assert marked["val_loss"] == min(row["val_loss"] for row in rows)
    return int(marked.pop("epoch")), marked, len(rows)


@pytest.mark.long
def test_a_training_that_is_stopped_early_keeps_and_tells_of_its_best_epoch(clone):
    options = ("train_numpy.early_stopping=2", "train_numpy.l2=1e-5", "train_numpy.rate_decay=0.97")
    done = clone.run("python", "-m", "pipeline.train_numpy", "train_numpy.epochs=60", *options)
    (folder,) = clone.path.glob("outputs/train_numpy/*")
    best, figures, epochs = kept(folder, "numpy")
    assert epochs == best + 2 < 60
    assert f"best_epoch {best}\n" in done.stdout

    data, net = read_samples(folder / "data", "validation"), NeuralNet.load(folder / "models/numpy.npz")
    loss, accuracy = loss_and_accuracy(net.logits(data.x[:]), data.y)
    assert (loss, accuracy) == pytest.approx((figures["val_loss"], figures["val_accuracy"]), rel=1e-5)
    (run,) = (run for run in clone.runs() if run["tags"].get("model") == "numpy")
    assert run["metrics"]["best_epoch"] == best
    assert {name: run["metrics"][name] for name in figures} == pytest.approx(figures, rel=1e-4)
    assert [run["params"][name] for name in ("early_stopping", "l2", "rate_decay")] == ["2", "1e-05", "0.97"]


@pytest.mark.long
def test_the_pipeline_tells_of_the_epochs_that_were_kept(finished):
    before = {network: np.load(finished.path / f"models/{network}.npz")["W_h"] for network in ("keras", "numpy")}
    for network, epochs in (("keras", 3), ("numpy", 12)):
        options = {"epochs": epochs, "early_stopping": 1, "l2": 1e-4, "rate_decay": 0.9}
        for name, value in options.items():
            finished.params(f"train_{network}.{name}", value)
    assert finished.ran(finished.run("dvc", "repro")) == ["compose", "train_keras", "train_numpy", "evaluate"]
    page = next(run for run in finished.runs() if "best_model" in run["tags"])
    for network in before:
        best, figures, _ = kept(finished.path, network)
        told = json.loads((finished.path / f"metrics/{network}.json").read_text())
        assert {name: told[name] for name in figures} == figures
        assert page["metrics"][f"best_epoch/{network}"] == best
        shown = {name: page["metrics"][f"{name}/{network}"] for name in figures}
        assert shown == pytest.approx(figures, rel=1e-4)
        assert np.abs(np.load(finished.path / f"models/{network}.npz")["W_h"]).max() != np.abs(before[network]).max()
