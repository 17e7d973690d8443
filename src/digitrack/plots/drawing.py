"""Functions that the pictures share."""

import re
from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatterSciNotation

matplotlib.rcdefaults()  # pictures are results: the user's matplotlibrc must not change them
matplotlib.rcParams["text.parse_math"] = False  # a $ in the name of a class or column does not begin a formula

POWER = re.compile(r"10\^\{(.*?)\}")
RAISED = str.maketrans("-\N{MINUS SIGN}0123456789", "⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class PlainPowers(LogFormatterSciNotation):
    """Label a logarithmic axis as matplotlib does, 10⁻², but in plain text instead of formulas."""

    def __call__(self, x, pos=None):
        text = super().__call__(x, pos)
        inner = text.removeprefix(r"$\mathdefault{").removesuffix("}$").replace(r"\times", "\N{MULTIPLICATION SIGN}")
        return POWER.sub(lambda found: f"10{found[1].translate(RAISED)}", inner)


def save(figure: Figure, path: Path) -> None:
    """Write a PNG, and create its folder. The same figure gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        for found, put in (
            (axis.get_major_formatter(), axis.set_major_formatter),
            (axis.get_minor_formatter(), axis.set_minor_formatter),
        ):
            if type(found) is LogFormatterSciNotation:
                put(PlainPowers(labelOnlyBase=found.labelOnlyBase, minor_thresholds=found.minor_thresholds))
    FigureCanvasAgg(figure)
    figure.savefig(path, dpi=110, metadata={"Software": None}, pil_kwargs={"compress_level": 1})


def tiles(axes: Axes, images: np.ndarray, titles: Sequence[str], n_columns: int, colors: str = "gray_r") -> None:
    """Draw images (n, height, width) or (n, height, width, 3) in one grid, each below its title.

    The largest value gets the full colour. One axes for each image would be ten times slower.
    """
    _, height, width, *channels = images.shape
    margin = -(-height // 2)
    n_rows = max(1, -(-len(images) // n_columns))
    across = max(width, height) + 1  # of a tile: narrow images leave room for their titles, too
    grid = np.full((n_rows * (height + margin), n_columns * across - 1, *channels), 1.0 if channels else np.nan)
    full = float(images.max(initial=1)) if channels else 1
    for i, (image, title) in enumerate(zip(images, titles, strict=True)):
        top, left = i // n_columns * (height + margin) + margin, i % n_columns * across + (across - 1 - width) // 2
        grid[top : top + height, left : left + width] = image / full
        axes.text(left + (width - 1) / 2, top - 1, title, ha="center", va="bottom", fontsize=8)
    axes.imshow(grid, cmap=colors, interpolation="nearest")
    axes.axis("off")


def rows_of_text(axes: Axes, rows: Sequence[Sequence[str]], header: Sequence[str]) -> None:
    """Draw a table, with a line below the header, in letters of nine points."""
    axes.axis("off")
    if rows:
        shown = axes.table([list(row) for row in rows], colLabels=list(header), loc="upper center", edges="horizontal")
        shown.auto_set_font_size(False)
        shown.set_fontsize(9)
        shown.auto_set_column_width(range(len(header)))
