"""What the pictures share."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


def save(figure: Figure, path: Path) -> None:
    """Write a PNG, and make its folder. The same figure gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    FigureCanvasAgg(figure)
    figure.savefig(path, dpi=110, metadata={"Software": None}, pil_kwargs={"compress_level": 1})


def tiles(axes: Axes, images: np.ndarray, titles: Sequence[str], n_columns: int, colors: str = "gray_r") -> None:
    """Images (n, height, width) in one grid, each below its title: ten times quicker than axes of their own."""
    _, height, width = images.shape
    margin = -(-height // 2)
    n_rows = max(1, -(-len(images) // n_columns))
    grid = np.full((n_rows * (height + margin), n_columns * (width + 1) - 1), np.nan)
    for i, (image, title) in enumerate(zip(images, titles, strict=True)):
        top, left = i // n_columns * (height + margin) + margin, i % n_columns * (width + 1)
        grid[top : top + height, left : left + width] = image
        axes.text(left + (width - 1) / 2, top - 1, title, ha="center", va="bottom", fontsize=8)
    axes.imshow(grid, cmap=colors, interpolation="nearest")
    axes.axis("off")
