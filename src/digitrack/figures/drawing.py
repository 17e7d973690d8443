"""What the pictures share."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

matplotlib.rcdefaults()  # pictures are results: a matplotlibrc of the user's is not to change them


def save(figure: Figure, path: Path) -> None:
    """Write a PNG, and make its folder. The same figure gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    FigureCanvasAgg(figure)
    figure.savefig(path, dpi=110, metadata={"Software": None}, pil_kwargs={"compress_level": 1})


def tiles(axes: Axes, images: np.ndarray, titles: Sequence[str], n_columns: int, colors: str = "gray_r") -> None:
    """Images (n, height, width) or (n, height, width, 3), of which the largest value is full, in one grid, each below
    its title: ten times quicker than axes of their own."""
    _, height, width, *channels = images.shape
    margin = -(-height // 2)
    n_rows = max(1, -(-len(images) // n_columns))
    across = max(width, height) + 1  # of a tile: a title needs its room beside high images too
    grid = np.full((n_rows * (height + margin), n_columns * across - 1, *channels), 1.0 if channels else np.nan)
    full = float(images.max(initial=1)) if channels else 1
    for i, (image, title) in enumerate(zip(images, titles, strict=True)):
        top, left = i // n_columns * (height + margin) + margin, i % n_columns * across + (across - 1 - width) // 2
        grid[top : top + height, left : left + width] = image / full
        axes.text(left + (width - 1) / 2, top - 1, title, ha="center", va="bottom", fontsize=8)
    axes.imshow(grid, cmap=colors, interpolation="nearest")
    axes.axis("off")


def rows_of_text(axes: Axes, rows: Sequence[Sequence[str]], header: Sequence[str]) -> None:
    """A table, its header above a line; a row is as high as one of nine points needs."""
    axes.axis("off")
    if rows:
        shown = axes.table([list(row) for row in rows], colLabels=list(header), loc="upper center", edges="horizontal")
        shown.auto_set_font_size(False)
        shown.set_fontsize(9)
        shown.auto_set_column_width(range(len(header)))
