"""Draw the curves of trainings."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from .drawing import save

TRAINING: dict[str, Any] = {"linestyle": "-", "marker": "o", "fillstyle": "full"}
VALIDATION: dict[str, Any] = {"linestyle": "--", "marker": "o", "fillstyle": "none"}
A_ROW = 8  # entries side by side in the legend


def curves(path: Path, tables: Mapping[str, np.ndarray]) -> None:
    """Draw loss and accuracy by epoch; each network's table (epochs,) has the columns of its curves.csv."""
    entries = legend(list(tables))
    below, above, height = 0.5 + 0.25 * -(-len(entries) // A_ROW), 0.3, 3.3  # inches
    figure = Figure(figsize=(9, below + height + above))
    bottom, top = below / figure.get_figheight(), 1 - above / figure.get_figheight()
    figure.subplots_adjust(0.1, bottom, 0.99, top, wspace=0.16)  # constrained layout would draw everything twice
    panels = figure.subplots(1, 2)
    for axes, kind, title in zip(panels, ("loss", "accuracy"), ("cross-entropy", "accuracy"), strict=True):
        for i, table in enumerate(tables.values()):
            lines(axes, table, kind, f"C{i}")
        axes.set(xlabel="epoch", title=title)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        axes.grid(alpha=0.3)
    panels[0].set_yscale("log")
    figure.legend(handles=entries, loc="lower center", ncols=min(A_ROW, len(entries)), fontsize=8)
    save(figure, path)


def lines(axes: Axes, table: np.ndarray, kind: str, color: str) -> None:
    """Draw the training and the validation curve of a network; a single epoch becomes a dot."""
    size = 5 if len(table) == 1 else 0
    axes.plot(table["epoch"], table[f"train_{kind}"], color=color, markersize=size, **TRAINING)
    axes.plot(table["epoch"], table[f"val_{kind}"], color=color, markersize=size, **VALIDATION)


def legend(networks: list[str]) -> list[Line2D]:
    """Return one entry per colour, then one per line style."""
    colors = [Line2D([], [], color=f"C{i}", label=network) for i, network in enumerate(networks)]
    styles = (("training", TRAINING), ("validation", VALIDATION))
    return colors + [Line2D([], [], color="gray", markersize=4, label=label, **style) for label, style in styles]
