"""Draw the mistakes of a network."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from digitrack.data.names import shown

from .captions import caption, named
from .drawing import rows_of_text, save, tiles

A_ROW = 10  # tiles side by side, at most
TITLE = "{}: the most confident errors on the test set"
COLUMNS = ("index", "true", "predicted", "probability")


def errors(path: Path, network: str, rows: Sequence[Mapping[str, Any]], samples: np.ndarray) -> None:
    """Draw misclassified samples, images (n, height, width) or (n, height, width, 3) as tiles, others as a table.

    `rows` has index, true, predicted and probability of each.
    """
    if not rows:
        figure = Figure(figsize=(4, 0.8))
        figure.suptitle(TITLE.format(network), fontsize=10)
        figure.text(0.5, 0.3, "there are none", ha="center", fontsize=9)
        save(figure, path)
    else:
        (_of_images if samples.ndim > 2 else _table)(path, network, rows, samples)


def _of_images(path: Path, network: str, rows: Sequence[Mapping[str, Any]], images: np.ndarray) -> None:
    n_rows = -(-len(rows) // A_ROW)
    n_columns = -(-len(rows) // n_rows)  # rows as even as possible: 9 tiles fill one, 12 fill two
    figure = Figure(figsize=(max(4, n_columns), 1.35 * n_rows + 0.4))
    figure.suptitle(TITLE.format(network), fontsize=10)
    place = (0.01, 0.01, 0.98, 1 - 0.4 / figure.get_figheight())
    tiles(figure.add_axes(place), images, [_title(row) for row in rows], n_columns)
    save(figure, path)


def _title(row: Mapping[str, Any]) -> str:
    """Return the caption, shorter if the names of the classes are long."""
    true, predicted = named(row, 6)
    return caption(row) if len(true + predicted) < 5 else f"{true} → {predicted}\np = {row['probability']:.2f}"


def _table(path: Path, network: str, rows: Sequence[Mapping[str, Any]], samples: np.ndarray) -> None:
    figure = Figure(figsize=(6, 0.22 * (len(rows) + 1) + 0.5))
    figure.suptitle(TITLE.format(network), fontsize=10)
    place = (0.02, 0.02, 0.96, 1 - 0.42 / figure.get_figheight())
    cells = [[row[name] for name in COLUMNS] for row in rows]
    texts = [[f"{cell:.4f}" if isinstance(cell, float) else shown(str(cell)) for cell in row] for row in cells]
    rows_of_text(figure.add_axes(place), texts, COLUMNS)
    save(figure, path)
