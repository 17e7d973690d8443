"""The mistakes of a network."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from .captions import caption
from .drawing import save, tiles

A_ROW = 10  # at most


def errors(path: Path, network: str, rows: Sequence[Mapping[str, Any]], images: np.ndarray) -> None:
    """Misclassified digits (n, height, width), a tile each; their rows hold true, predicted and probability."""
    n_rows = max(1, -(-len(rows) // A_ROW))
    n_columns = max(1, -(-len(rows) // n_rows))  # as even as can be: 9 are a full row, 12 are two
    figure = Figure(figsize=(max(4, n_columns), 1.35 * n_rows + 0.4))
    figure.suptitle(f"{network}: the most confident errors on the test set", fontsize=10)
    place = (0.01, 0.01, 0.98, 1 - 0.4 / figure.get_figheight())
    tiles(figure.add_axes(place), images, [caption(row) for row in rows], n_columns)
    save(figure, path)
