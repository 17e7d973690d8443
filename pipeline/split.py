"""Split the data set into train, validation and test, and fit their scaling: data/, reports/split/."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from digitrack.data import split
from digitrack.data.sample_info import read_sample_info
from digitrack.data.samples import Samples, read_samples
from digitrack.data.scaled import recovery_error
from pipeline.objects import source
from tracked import Outcome, Report, main

if TYPE_CHECKING:
    from pipeline.settings import Settings


def run(settings: "Settings", folder: Path, report: Report) -> Outcome:
    """Load and split the data set, fit the scaling to the training part, and write the parts, not scaled."""
    loaded, shares = source(settings.data), settings.split
    made = split.make(loaded, shares.train, shares.validation, shares.test, settings.seed, shares.scaling)
    split.save(folder / "data", made, loaded)
    result = outcome(settings, folder, partial(draw, folder, made.train))
    if twice := int(result.metrics["test_in_train"]):
        are = "is" if twice == 1 else "are"
        print(f"data: {twice} of {len(made.test.y)} test samples {are} in the training part, too", file=sys.stderr)
    return result


def outcome(settings: "Settings", folder: Path, pictures: Callable[[], None] | None = None) -> Outcome:
    """Return what the split's files contain, which a stage or DVC has put there."""
    parts = {name: read_samples(folder / "data", name) for name in ("train", "validation", "test")}
    metrics: dict[str, float] = {f"n_{name}": len(part.y) for name, part in parts.items()}
    metrics["largest_recovery_error"] = float(f"{recovery_error(parts['train'].x):.6g}")
    metrics["test_in_train"] = split.in_both(parts["train"], parts["test"])
    return Outcome(
        metrics=metrics,
        files=[folder / "reports/split/samples.png"],
        datasets={name: (part.raw, part.y) for name, part in parts.items()},
        pictures=pictures,
    )


def draw(folder: Path, train: Samples) -> None:
    """Draw a sample of each class, raw, scaled and recovered; if samples are not images, every feature."""
    from digitrack.plots.samples import features, samples

    info, file = read_sample_info(folder / "data/about.json"), folder / "reports/split/samples.png"
    (samples if info.images else features)(file, train, info)


if __name__ == "__main__":
    main(run)
