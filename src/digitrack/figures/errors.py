"""The mistakes of a network."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from .drawing import save, tiles


def errors(path: Path, network: str, rows: Sequence[Mapping[str, Any]], images: np.ndarray) -> None:
    """Misclassified digits (n, height, width), a tile each; their rows hold true, predicted and probability."""
    n_columns = 10
    n_rows = max(1, -(-len(rows) // n_columns))
    figure = Figure(figsize=(n_columns, 1.35 * n_rows + 0.4))
    figure.suptitle(f"{network}: {len(rows)} most confident errors on the test set", fontsize=10)
    titles = [f"{row['true']} taken for {row['predicted']}\np = {row['probability']:.2f}" for row in rows]
    tiles(figure.add_axes((0.01, 0.01, 0.98, 1 - 0.4 / figure.get_figheight())), images, titles, n_columns)
    save(figure, path)
