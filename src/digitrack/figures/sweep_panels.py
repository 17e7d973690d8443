"""The panels in which the jobs of a sweep are compared: their curves, and what they end with."""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from .swept import Row, colors, diverged, is_log, label, numbers, short

MOST_LABELLED = 20  # jobs that have a label of their own at the axis
TESTED = ".test_accuracy"  # a figure NETWORK.test_accuracy is there where networks were tested


def curves(axes: Axes, rows: list[Row], keys: list[str], part: str) -> None:
    """The loss of each job on the part `train` or `val`, epoch by epoch."""
    for row, color, lost in zip(rows, colors(rows, keys[0])[0], diverged(rows), strict=True):
        values = row.curves.get(f"{part}_loss", [])
        named = label(row) + (" (diverged)" if lost else "")
        point = "o" if len(values) == 1 else None  # no line shows
        axes.plot(range(1, len(values) + 1), values, color=color, label=named, linewidth=1.3, marker=point)
    axes.set(xlabel="epoch", yscale="log", title=f"{'training' if part == 'train' else 'validation'} cross-entropy")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.3)


def legend(figure: Figure, panels: np.ndarray, rows: list[Row], keys: list[str]) -> None:
    """What the colours of the curves in both panels mean: names beside them, or a scale."""
    scale = colors(rows, keys[0])[1]
    if scale is None:
        panels[1].legend(title=", ".join(map(short, keys)), fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    else:
        figure.colorbar(scale, ax=list(panels), label=short(keys[0]))


def finals(axes: Axes, rows: list[Row], keys: list[str], kind: str) -> None:
    """The last `loss` or `accuracy` against the swept value, or against the jobs' names if that is no single number."""
    seeds = keys == ["seed"]
    x = horizontal(axes, rows, keys)
    ordered = not seeds and not np.isnan(numbers(rows, keys[0])).any()
    lost = diverged(rows)
    for i, name in enumerate(figures_of(rows, kind)):
        values = np.array([row.metrics.get(name, math.nan) for row in rows])
        values[lost] = math.nan
        axes.plot(x, values, "o-" if ordered else "o", markersize=5, color=f"C{i}", label=name)
        if seeds and np.isfinite(values).any():
            axes.axhline(np.nanmean(values), color=f"C{i}", alpha=0.5, label=f"mean {np.nanmean(values):.4f}")
    axes.plot(
        x[lost], np.full(lost.sum(), 0.97), "x", color="red", transform=axes.get_xaxis_transform(),
        label="diverged" if lost.any() else None,
    )  # fmt: skip
    axes.set_title(f"{'cross-entropy' if kind == 'loss' else 'accuracy'} at the end")
    axes.set_yscale("log" if kind == "loss" and not seeds else "linear")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))  # beside: networks are many, dots anywhere


def figures_of(rows: list[Row], kind: str) -> list[str]:
    """The test figure of each network where the jobs have tested some, else the training's and the validation's."""
    networks = dict.fromkeys(name.removesuffix(TESTED) for row in rows for name in row.metrics if name.endswith(TESTED))
    return [f"{network}.test_{kind}" for network in networks] or [f"{part}_{kind}" for part in ("train", "val")]


def horizontal(axes: Axes, rows: list[Row], keys: list[str]) -> np.ndarray:
    """Set up the axis of the jobs; returns their places on it (len(rows),): by value, or one after the other."""
    values = numbers(rows, keys[0])
    by_value = len(keys) == 1 and not np.isnan(values).any() and (is_log(values) or keys == ["seed"])
    x = values if by_value else np.arange(len(rows), dtype=float)
    if by_value and is_log(x):
        axes.set_xscale("log")
    labelled = len(rows) <= MOST_LABELLED
    if labelled:
        labels = list(map(label, rows))
        crowded = max(map(len, labels)) * len(labels) > 60
        axes.set_xticks(x, labels, rotation=45 if crowded else 0, ha="right" if crowded else "center")
        axes.minorticks_off()
    axes.set_xlabel(", ".join(map(short, keys)) if by_value or labelled else "job, by value")
    return x
