"""Split the data set into train, validation and test, and fit their scaling: data/, reports/split/."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from digitrack.data import split
from digitrack.data.about import read_about
from digitrack.data.samples import Samples, read_samples
from digitrack.data.scaled import recovery_error
from pipeline.objects import source
from tracked import Outcome, main

if TYPE_CHECKING:
    from pipeline.settings import Settings
    from tracked.outcome import Report


def run(settings: "Settings", folder: Path, report: "Report") -> Outcome:
    """Load, split, fit the scaling to the training part; write each part as it came."""
    loaded, shares = source(settings.data), settings.split
    made = split.make(loaded, shares.train, shares.validation, shares.test, settings.seed, shares.scaling)
    split.save(folder / "data", made, loaded)
    result = outcome(settings, folder, partial(draw, folder, made.train))
    if twice := int(result.figures["test_in_train"]):
        are = "is" if twice == 1 else "are"
        print(f"data: {twice} of {len(made.test.y)} test samples {are} in the training part, too", file=sys.stderr)
    return result


def outcome(settings: "Settings", folder: Path, pictures: Callable[[], None] | None = None) -> Outcome:
    """What the files of the split tell, whoever brought them."""
    parts = {name: read_samples(folder / "data", name) for name in ("train", "validation", "test")}
    figures: dict[str, float] = {f"n_{name}": len(part.y) for name, part in parts.items()}
    figures["largest_recovery_error"] = float(f"{recovery_error(parts['train'].x):.6g}")
    figures["test_in_train"] = split.in_both(parts["train"], parts["test"])
    return Outcome(
        figures=figures,
        files=[folder / "reports/split/samples.png"],
        datasets={name: (part.raw, part.y) for name, part in parts.items()},
        pictures=pictures,
    )


def draw(folder: Path, train: Samples) -> None:
    """A sample of each class, as it came, scaled, and recovered; of samples that are no images, every feature."""
    from digitrack.figures.samples import features, samples

    about, file = read_about(folder / "data/about.json"), folder / "reports/split/samples.png"
    (samples if about.images else features)(file, train, about)


if __name__ == "__main__":
    main(run)
