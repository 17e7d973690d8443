"""Fit the model to data/train.csv, and write it: models/model.skops."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tracked import Outcome, Report, Served

from learn import data, model
from learn.scores import scores

if TYPE_CHECKING:
    from pipeline.settings import Settings

MODEL = "models/model.skops"


def run(settings: "Settings", folder: Path, report: Report) -> Outcome:
    """A model with epochs calls `report(epoch, {"val_loss": ...}, epochs)` after each: MLflow then has curves."""
    fitted = model.make(**asdict(settings.train), seed=settings.seed)
    fitted.fit(*data.read(folder / "data/train.csv"))
    model.save(fitted, folder / MODEL)
    return outcome(settings, folder)


def outcome(settings: "Settings", folder: Path) -> Outcome:
    """Tell of the files, whoever brought them: this stage or `dvc pull`."""
    fitted = model.load(folder / MODEL)
    metrics: dict[str, float] = {}
    for part, name in (("train", "train"), ("val", "validation")):
        x, y = data.read(folder / f"data/{name}.csv")
        metrics |= {f"{part}_{key}": value for key, value in scores(fitted, x, y).items()}
    example = x.head()
    served = Served(
        "learn.model:served",
        {"model": folder / MODEL},
        example,
        model.answers(fitted, example),
        ["pandas", "scikit-learn", "skops"],
    )
    return Outcome(metrics, served=lambda spare: served)
