"""What the jobs of a sweep of two keys come to, over both."""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from .swept import Row, diverged, is_log, numbers, place, short

KINDS = {"val_loss": "viridis_r", "val_accuracy": "viridis"}  # bright is good
MOST_NUMBERED = 100  # cells that have their number in them


def heatmaps(name: str, rows: list[Row], keys: list[str]) -> Figure:
    """Validation loss and accuracy, a cell for each pair of values."""
    across, down = (sorted(dict.fromkeys(row.values[key] for row in rows), key=place) for key in keys)
    figure = Figure(figsize=(3 + 1.3 * len(across), 1.5 + 0.6 * len(down)), layout="constrained")
    figure.suptitle(name)
    for axes, (kind, colors) in zip(figure.subplots(1, 2), KINDS.items(), strict=True):
        grid = np.full((len(down), len(across)), math.nan)
        for row, lost in zip(rows, diverged(rows), strict=True):
            if not lost:
                cell = down.index(row.values[keys[1]]), across.index(row.values[keys[0]])
                grid[cell] = row.metrics.get(kind, math.nan)
        image = axes.imshow(grid, cmap=colors, aspect="auto")
        if grid.size <= MOST_NUMBERED:
            number_cells(axes, image, grid)
        axes.set(title=kind, xlabel=short(keys[0]), ylabel=short(keys[1]))
        axes.set_xticks(range(len(across)), across, rotation=45 if len(across) > 6 else 0)
        axes.set_yticks(range(len(down)), down)
        figure.colorbar(image)
    return figure


def number_cells(axes: Axes, image: AxesImage, grid: np.ndarray) -> None:
    """Each cell's number, light on dark or dark on light; a dash where the training diverged."""
    for (i, j), value in np.ndenumerate(grid):
        shade = "white" if sum(image.cmap(image.norm(value))[:3]) < 1.4 else "black"
        text = "-" if math.isnan(value) else f"{value:.3f}"
        axes.text(j, i, text, ha="center", va="center", color=shade, fontsize=8)


def maps(name: str, rows: list[Row], keys: list[str]) -> Figure:
    """Validation loss and accuracy, a dot at each place that a search has visited."""
    figure = Figure(figsize=(11, 4.5), layout="constrained")
    figure.suptitle(name)
    for axes, (kind, colors) in zip(figure.subplots(1, 2), KINDS.items(), strict=True):
        x, y = (axis_of(axes, axis, rows, key) for axis, key in zip("xy", keys, strict=True))
        values = [row.metrics.get(kind, math.nan) for row in rows]
        dots = axes.scatter(
            x, y, c=values, cmap=colors, norm=LogNorm() if kind == "val_loss" else None, edgecolor="gray"
        )
        axes.set_title(kind)
        figure.colorbar(dots)
    return figure


def axis_of(axes: Axes, axis: str, rows: list[Row], key: str) -> np.ndarray:
    """Set up the axis `x` or `y` for the values of a key; returns each row's place on it (len(rows),)."""
    places = numbers(rows, key)
    if np.isnan(places).any():
        names = sorted({row.values[key] for row in rows})
        places = np.array([names.index(row.values[key]) for row in rows])
        axes.set(**{f"{axis}ticks": range(len(names)), f"{axis}ticklabels": names})
    else:
        axes.set(**{f"{axis}scale": "log" if is_log(places) else "linear"})
    axes.set(**{f"{axis}label": short(key)})
    return places
