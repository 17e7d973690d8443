"""What the stage of a network leaves in the folder of the stages: its file, and its figures epoch by epoch."""

import csv
import hashlib
from pathlib import Path

from tracked.project import project


def model(folder: Path, network: str) -> Path:
    """The file of a trained network."""
    return folder / f"models/{network}.npz"


def curves(folder: Path, network: str) -> list[dict[str, float]]:
    """A network's figures, an entry an epoch; [] when its stage wrote none."""
    file = folder / f"reports/{project().networks[network]}/curves.csv"
    if not file.exists():
        return []
    with file.open(newline="") as lines:
        return [{name: float(row[name]) for name in row if name != "epoch"} for row in csv.DictReader(lines)]


def md5(file: Path) -> str:
    """The hash by which DVC, too, knows a file."""
    return hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()
