"""Samples before and after the scaling."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from .drawing import save, tiles


def samples(path: Path, raw: np.ndarray, scaled: np.ndarray, recovered: np.ndarray, y: np.ndarray) -> None:
    """Digits (n, height, width) as they came, scaled, and recovered by the inverse transform; a column each."""
    figure = Figure(figsize=(1.0 * len(y), 4.6))
    rows = (("raw", raw, "gray_r"), ("scaled", scaled, "coolwarm"), ("recovered", recovered, "gray_r"))
    for i, (name, images, colors) in enumerate(rows):
        axes = figure.add_axes((0.01, (2 - i) / 3, 0.98, 0.33))
        tiles(axes, images, [f"{name} {label}" for label in y], len(y), colors)
    save(figure, path)
