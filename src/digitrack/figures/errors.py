"""The mistakes of a network."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from .captions import caption
from .drawing import rows_of_text, save, tiles

A_ROW = 10  # at most
TITLE = "{}: the most confident errors on the test set"
COLUMNS = ("index", "true", "predicted", "probability")


def errors(path: Path, network: str, rows: Sequence[Mapping[str, Any]], samples: np.ndarray) -> None:
    """Misclassified samples: images (n, height, width) or (n, height, width, 3) as a tile each, others as a table.

    Their rows hold index, true, predicted and probability.
    """
    (_of_images if samples.ndim > 2 else _table)(path, network, rows, samples)


def _of_images(path: Path, network: str, rows: Sequence[Mapping[str, Any]], images: np.ndarray) -> None:
    n_rows = max(1, -(-len(rows) // A_ROW))
    n_columns = max(1, -(-len(rows) // n_rows))  # as even as can be: 9 are a full row, 12 are two
    figure = Figure(figsize=(max(4, n_columns), 1.35 * n_rows + 0.4))
    figure.suptitle(TITLE.format(network), fontsize=10)
    place = (0.01, 0.01, 0.98, 1 - 0.4 / figure.get_figheight())
    tiles(figure.add_axes(place), images, [caption(row) for row in rows], n_columns)
    save(figure, path)


def _table(path: Path, network: str, rows: Sequence[Mapping[str, Any]], samples: np.ndarray) -> None:
    figure = Figure(figsize=(6, 0.22 * (len(rows) + 1) + 0.5))
    figure.suptitle(TITLE.format(network), fontsize=10)
    place = (0.02, 0.02, 0.96, 1 - 0.42 / figure.get_figheight())
    texts = [[f"{row[name]:.4f}" if name == "probability" else str(row[name]) for name in COLUMNS] for row in rows]
    rows_of_text(figure.add_axes(place), texts, COLUMNS)
    save(figure, path)
