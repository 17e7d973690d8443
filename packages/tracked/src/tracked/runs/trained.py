"""What the stage of a network leaves in the folder of the stages: its file, and its figures epoch by epoch."""

import csv
from pathlib import Path

from tracked.errors import UserError
from tracked.messages import one_line
from tracked.project import project


def model(folder: Path, network: str) -> Path:
    """The file of a trained network."""
    return folder / f"models/{network}.npz"


def curves_file(folder: Path, network: str) -> Path:
    """The table of a network's figures, epoch by epoch."""
    return folder / f"reports/{project().networks[network]}/curves.csv"


def curves(folder: Path, network: str) -> list[dict[str, float]]:
    """A network's figures, an entry an epoch; [] when its stage wrote none. Raises UserError when they are damaged.

    Where a column `kept` marks an epoch, whose network was kept rather than the last one, its figures come once more
    at the end, with its number as `best_epoch`: as the stage reported them.
    """
    file = curves_file(folder, network)
    if not file.exists():
        return []
    try:
        with file.open(newline="", encoding="utf-8") as lines:
            names, *rows = csv.reader(lines, strict=True)
        epochs = [dict(zip(names, map(float, row), strict=True)) for row in rows]
        if [epoch.pop("epoch") for epoch in epochs] != list(range(1, len(epochs) + 1)):
            raise ValueError("epochs must be counted from 1")
        kept = [number for number, epoch in enumerate(epochs, 1) if epoch.pop("kept", 0)]
    except (ValueError, KeyError, csv.Error) as error:
        raise UserError(f"{file} is damaged ({one_line(error)}): remove it, then `dvc repro` brings it back") from None
    return epochs + [{**epochs[number - 1], "best_epoch": number} for number in kept]
