"""Draw the validation metrics of a sweep over two or more keys, as maps over two of them."""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from .sweep_panels import LOSS, metrics_of
from .sweep_scales import LETTER, Scale, apart, color_bar, label_values
from .swept import CROSS, Setting, best, notes, parts

KINDS = {"loss": (LOSS, "viridis_r"), "accuracy": ("accuracy", "viridis")}  # bright is good
NUMBER = 0.42  # inches that a number in a cell needs
WIDE = 10  # shades are logarithmic if the largest value is at least so many times the smallest


def heatmaps(name: str, of: Sequence[Setting], keys: Sequence[str]) -> Figure:
    """Draw validation loss and accuracy, one cell per pair of values, one map per combination of the other keys."""
    across, down = Scale(keys[0], of), Scale(keys[1], of)
    each = parts(of, keys[2:])
    beside = len(Scale(keys[2], of).values) if len(keys) > 2 else 1
    longest = max(len(line) for name in apart(down.values) for line in name.split(","))
    gap = (5 - LETTER * longest) / len(across.values)  # inches from cell to cell: half of the picture, without the bar
    beside = beside if gap / beside >= NUMBER else 1
    rows = -(-len(each) // beside)
    height = 0.8 + 0.2 * len(keys[2:]) + 0.4 * len(down.values)
    figure = Figure((12, 1.5 + height * rows), layout="constrained")
    missing = len(of) < len(each) * len(across.values) * len(down.values)
    head = [name, "framed: the best setting", *notes(of, of_map=True), *["blank: no finished job"] * missing]
    figure.suptitle("\n".join(head), fontsize=11, parse_math=False)
    for half, kind in zip(figure.subfigures(1, 2, squeeze=False).flat, KINDS, strict=True):
        half.suptitle(validation(of, kind), fontweight="bold", fontsize=10)
        shades = shades_of(of, kind)
        grid = half.subplots(rows, beside, squeeze=False, sharex=True, sharey=True)
        for axes, (title, some) in zip(grid.flat, each, strict=False):
            cells(axes, some, across, down, kind, shades, gap / beside)
            axes.set_title(title, fontsize=10)
            axes.label_outer()
            if (found := best(of)) in some:
                i, j = cell(found, across, down)
                axes.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, fill=False, linewidth=2.5))
        for axes in grid.flat[len(each) :]:
            axes.set_axis_off()
        color_bar(shades, grid)
    return figure


def cell(setting: Setting, across: Scale, down: Scale) -> tuple[int, int]:
    """Return the row and column of a setting in a map."""
    i, j = (scale.values.index(setting.values[scale.key]) for scale in (down, across))
    return i, j


def cells(
    axes: Axes, of: Sequence[Setting], across: Scale, down: Scale, kind: str, shades: ScalarMappable, gap: float
) -> None:
    """Draw a map, blank where there is no job, with a cross where a training diverged.

    Cells are `gap` inches apart, and show their numbers if these have room, light on dark or dark on light.
    """
    grid = np.full((len(down.values), len(across.values)), math.nan)
    for setting in of:
        i, j = cell(setting, across, down)
        grid[i, j] = value = setting.final(f"val_{kind}")[0]
        dark = not setting.diverged and sum(shades.to_rgba(value)[:3]) < 1.4
        if setting.diverged or gap >= NUMBER:
            label = CROSS if setting.diverged else f"{value:#.3g}".rstrip(".")
            axes.text(j, i, label, ha="center", va="center", color="white" if dark else "black", fontsize=9)
    axes.imshow(grid, aspect="auto").set(cmap=shades.cmap, norm=shades.norm)
    for scale, axis in ((across, "x"), (down, "y")):
        label_values(axes, axis, scale.values, range(len(scale.values)), gap)
        axes.set(**{f"{axis}label": scale.name})


def maps(name: str, of: Sequence[Setting], keys: Sequence[str]) -> Figure:
    """Draw validation loss and accuracy, one dot per place that a search has visited."""
    across, down = Scale(keys[0], of), Scale(keys[1], of)
    figure = Figure((12, 5), layout="constrained")
    figure.suptitle(
        "\n".join([name, "ringed: the best setting", *notes(of, of_map=True)]), fontsize=11, parse_math=False
    )
    x, y = across.of(of), down.of(of)
    lost = np.array([setting.diverged for setting in of])
    found = best(of)
    first = np.array([setting is found for setting in of])
    for axes, kind in zip(figure.subplots(1, 2, sharey=True), KINDS, strict=True):
        shades = shades_of(of, kind)
        values = np.array([setting.final(f"val_{kind}")[0] for setting in of])
        axes.scatter(x, y, 60, values, cmap=shades.cmap, norm=shades.norm, edgecolor="gray")
        axes.plot(x[lost], y[lost], "x", color="black")
        axes.plot(x[first], y[first], "o", color="black", fillstyle="none", markersize=13, markeredgewidth=2)
        across.set_up(axes, "x")
        down.set_up(axes, "y")
        axes.label_outer()
        axes.set_title(validation(of, kind), fontsize=10)
        axes.grid(alpha=0.3)
        color_bar(shades, np.array([[axes]]))
    return figure


def shades_of(of: Sequence[Setting], kind: str) -> ScalarMappable:
    """Return the colours of all values of a validation metric, the same in each map."""
    values = np.array([setting.final(f"val_{kind}")[0] for setting in of])
    known = values[np.isfinite(values)]
    low, high = (known.min(), known.max()) if len(known) else (0, 1)
    wide = kind == "loss" and 0 < low * WIDE <= high
    return ScalarMappable((LogNorm if wide else Normalize)(low, high), KINDS[kind][1])


def validation(of: Sequence[Setting], kind: str) -> str:
    several = len([metric for metric in metrics_of(of, kind) if "." in metric]) > 1
    return f"validation {KINDS[kind][0]}" + ("\nmean of the networks" if several else "")
