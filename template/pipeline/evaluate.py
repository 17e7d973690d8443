"""Test the models, the only stage that reads data/test.csv: metrics/test.json, reports/."""

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tracked import Outcome, Report

from learn import data, model
from learn.scores import draw, scores

if TYPE_CHECKING:
    from pipeline.settings import Settings

MODELS = {"model": model}  # by its file in models/, the module that loads it


def run(settings: "Settings", folder: Path, report: Report) -> Outcome:
    found = outcome(settings, folder)
    (folder / "metrics").mkdir(exist_ok=True)
    (folder / "metrics/test.json").write_text(json.dumps(found.evaluated, indent=2) + "\n")
    return found


def outcome(settings: "Settings", folder: Path) -> Outcome:
    """Tell of the files, whoever brought them: the stages or `dvc pull`."""
    x, y = data.read(folder / "data/test.csv")
    models = {name: module.load(folder / f"models/{name}.skops") for name, module in MODELS.items()}
    evaluated = {
        name: {f"test_{key}": value for key, value in scores(fitted, x, y).items()} for name, fitted in models.items()
    }
    pictures = {folder / f"reports/{name}.png": fitted for name, fitted in models.items()}
    return Outcome(evaluated=evaluated, files=[*pictures], pictures=partial(draw, pictures, x, y))
