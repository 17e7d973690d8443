"""Load the data set, and split it into three parts: data/."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tracked import Outcome, Report

from learn import data

if TYPE_CHECKING:
    from pipeline.settings import Settings

PARTS = ("train", "validation", "test")


def run(settings: "Settings", folder: Path, report: Report) -> Outcome:
    parts = data.split(data.load(folder), **asdict(settings.split), seed=settings.seed)
    (folder / "data").mkdir(exist_ok=True)
    for name in PARTS:
        parts[name].to_csv(folder / f"data/{name}.csv", index=False)
    return outcome(settings, folder)


def outcome(settings: "Settings", folder: Path) -> Outcome:
    """Tell of the files, whoever brought them: this stage or `dvc pull`."""
    parts = {name: data.read(folder / f"data/{name}.csv") for name in PARTS}
    return Outcome(
        metrics={f"n_{name}": len(y) for name, (_, y) in parts.items()},
        datasets={name: (x.to_numpy(), y.to_numpy()) for name, (x, y) in parts.items()},
    )
