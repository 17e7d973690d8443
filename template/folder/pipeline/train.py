"""Train a network: data/ -> models/NETWORK.npz, reports/STAGE/curves.csv."""

import math
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from tracked import Outcome, Served, main

from NAME import network, parts
from NAME.scores import loss_and_accuracy

if TYPE_CHECKING:
    from tracked.outcome import Report

    from pipeline.settings import Settings

NETWORK, STAGE = "net", "train"
CURVES = ("train_loss", "train_accuracy", "val_loss", "val_accuracy")


def run(settings: "Settings", folder: Path, report: "Report") -> Outcome:
    """Train, and write the network and a row of curves an epoch."""
    own, started, rows = getattr(settings, STAGE), perf_counter(), [",".join(("epoch", *CURVES))]
    train, validation = (parts.read(folder / f"data/{name}.npz") for name in ("train", "validation"))

    def on_epoch(epoch: int, net: network.Network) -> bool:
        of_parts = [loss_and_accuracy(net.probabilities(part.x), part.y) for part in (train, validation)]
        figures = dict(zip(CURVES, (*of_parts[0], *of_parts[1]), strict=True))
        rows.append(",".join(f"{value:.6g}" for value in (epoch, *figures.values())))
        report(epoch, figures, getattr(own, "epochs", 1))
        return not math.isfinite(figures["train_loss"])  # it has diverged

    made = network.fit(train.x, train.y, **asdict(own), seed=settings.seed, on_epoch=on_epoch)
    made.save(folder / f"models/{NETWORK}.npz")
    curves = folder / f"reports/{STAGE}/curves.csv"
    curves.parent.mkdir(parents=True, exist_ok=True)
    curves.write_text("\n".join([*rows, ""]))
    return outcome(settings, folder, training_seconds=perf_counter() - started)


def reported(curves: Path) -> list[dict[str, float]]:
    """What the training reported, an entry an epoch."""
    return [dict(zip(CURVES, map(float, row.split(",")[1:]), strict=True)) for row in curves.read_text().split()[1:]]


def outcome(settings: "Settings", folder: Path, **figures: float) -> Outcome:
    """What the files tell, whoever brought them, and figures that are in none."""
    train, made = parts.read(folder / "data/train.npz"), folder / f"models/{NETWORK}.npz"

    def served(spare: Path) -> Served:
        example = train.x[:2]
        outputs = network.Network.load(made).probabilities(example)
        return Served(f"{network.__name__}:served", {"model": made}, example, outputs)

    return Outcome(
        figures=figures,
        datasets={"train": (train.x, train.y)},
        curves=reported(folder / f"reports/{STAGE}/curves.csv"),
        served=served,
    )


if __name__ == "__main__":
    main(run)
