"""What both fits do: a slope by gradient descent."""

import csv
import math
import time

import numpy as np
from tinylib import Refused

from tracked import Outcome, Served


def fit(network, own, folder, report):
    """Train, write models/NETWORK.npz and the curves."""
    with np.load(folder / "data/train.npz") as data:
        x, y = data["x"][:, 0], data["y"]
    if own.rate < 0:
        raise Refused("a rate below 0")
    slope, rows = 0.0, []
    for epoch in range(1, own.epochs + 1):
        slope += own.rate * float((2 * x * (y - slope * x)).sum())
        loss = float(((y - slope * x) ** 2).mean())
        rows.append({"epoch": epoch, "val_loss": loss, "val_accuracy": max(0.0, 1 - loss)})
        report(epoch, {name: value for name, value in rows[-1].items() if name != "epoch"}, own.epochs)
        if not math.isfinite(loss):
            break
        time.sleep(0.01 if own.epochs > 100 else 0)  # those that are to be interrupted
    made, reports = folder / f"models/{network}.npz", folder / f"reports/fit_{network}"
    made.parent.mkdir(exist_ok=True)
    reports.mkdir(parents=True, exist_ok=True)
    np.savez(made, slope=np.array(slope))
    with (reports / "curves.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def reported(folder):
    """What a fit reported."""
    with (folder / "curves.csv").open(newline="") as file:
        return [{name: float(value) for name, value in row.items() if name != "epoch"} for row in csv.DictReader(file)]


def trained(network, folder, metrics):
    """What the files of a fit tell."""
    made = folder / f"models/{network}.npz"
    with np.load(folder / "data/train.npz") as data, np.load(made) as net:
        x, y, slope = data["x"][:, 0], data["y"], net["slope"]
    example = np.array([[1.0], [2.0]])
    return Outcome(
        metrics=metrics,
        curves=reported(folder / f"reports/fit_{network}"),
        datasets={"train": (x, y)},
        served=lambda spare: Served("tinylib.serving:line", {"net": made}, example, slope * example),
    )
