"""Which pixels a model was trained on, as a file that goes with it: what it takes when it is served."""

import json
from pathlib import Path

import numpy as np


def write_limits(path: Path, pixels: np.ndarray) -> None:
    """Write the largest of the pixels, of any shape."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"largest": float(pixels.max())}) + "\n")


def read_largest(path: Path) -> float:
    """The largest pixel that a model takes."""
    return json.loads(path.read_text())["largest"]
