"""Test each network, the only stage that reads the test data: metrics/test.json, reports/evaluate/."""

import json
import math
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tracked import Outcome, main

from NAME import network, parts
from NAME.scores import confusion, loss_and_accuracy

if TYPE_CHECKING:
    from tracked.outcome import Report

    from pipeline.settings import Settings

NETWORKS = {"net": network}


def run(settings: "Settings", folder: Path, report: "Report") -> Outcome:
    """Write the figures; the picture is drawn where it is kept."""
    found = outcome(settings, folder)
    (folder / "metrics").mkdir(exist_ok=True)
    known = {  # JSON has no NaN, which a training that diverged gives
        name: {key: value if math.isfinite(value) else None for key, value in figures.items()}
        for name, figures in found.about.items()
    }
    (folder / "metrics/test.json").write_text(json.dumps(known, indent=2, allow_nan=False) + "\n")
    return found


def outcome(settings: "Settings", folder: Path) -> Outcome:
    """What the test comes to by the files in the folder, whoever brought them."""
    test = parts.read(folder / "data/test.npz")
    about, counts = {}, {}
    for name, module in NETWORKS.items():
        probabilities = module.Network.load(folder / f"models/{name}.npz").probabilities(test.x)
        loss, accuracy = loss_and_accuracy(probabilities, test.y)
        about[name] = {"test_accuracy": accuracy, "test_loss": loss}
        counts[name] = confusion(probabilities, test.y)
    picture = folder / "reports/evaluate/confusion.png"
    return Outcome(
        params={"n_test": len(test.y)},
        files=[picture],
        datasets={"test": (test.x, test.y)},
        about=about,  # figures of the trainings that made the networks
        pictures=partial(draw, picture, counts),
    )


def draw(picture: Path, counts: dict[str, np.ndarray]) -> None:
    """What each class is taken for."""
    from NAME import pictures  # imports matplotlib, while the run is logged beside

    pictures.confusion(picture, counts)


if __name__ == "__main__":
    main(run)
