"""Load the data set, and split it into train, validation and test: data/."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tracked import Outcome, main

from NAME import dataset, parts

if TYPE_CHECKING:
    from tracked.outcome import Report

    from pipeline.settings import Settings


def run(settings: "Settings", folder: Path, report: "Report") -> Outcome:
    """Write each part."""
    made = parts.split(*dataset.load(), asdict(settings.split), settings.seed)
    for name, part in made.items():
        parts.write(folder / f"data/{name}.npz", part)
    return outcome(settings, folder)


def outcome(settings: "Settings", folder: Path) -> Outcome:
    """What the files tell, whoever brought them."""
    made = {name: parts.read(folder / f"data/{name}.npz") for name in parts.NAMES}
    return Outcome(
        figures={f"n_{name}": len(part.y) for name, part in made.items()},
        datasets={name: (part.x, part.y) for name, part in made.items()},
    )


if __name__ == "__main__":
    main(run)
