"""The pictures: of a test, and of a sweep. Arrays in, a PNG out; the same arrays give the same bytes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure

matplotlib.rcdefaults()  # pictures are results: a matplotlibrc of the user's is not to change them

SHORT = 10  # epochs, below which a point marks each: of one epoch there is no line


def confusion(file: Path, counts: Mapping[str, np.ndarray]) -> None:
    """Of each network by its name: counts (k, k) of what each class, by row, is taken for."""
    figure = Figure(figsize=(4.5 * len(counts), 4.5), layout="constrained")
    for axes, (name, of_one) in zip(figure.subplots(1, len(counts), squeeze=False)[0], counts.items(), strict=True):
        axes.imshow(of_one, cmap="Blues")
        for (true, predicted), count in np.ndenumerate(of_one):
            axes.text(predicted, true, count, ha="center", color="white" if count > of_one.max() / 2 else "black")
        ticks = range(len(of_one))
        axes.set(title=name, xlabel="predicted", ylabel="true", xticks=ticks, yticks=ticks)
    _save(figure, file)


def sweep(folder: Path, title: str, rows: Sequence[Any]) -> list[Path]:
    """What each job of a sweep ended with and, where jobs are trainings, its validation loss. Returns the files.

    A row has `values`, `metrics` and `curves`, each by name (`tracked.sweeps.comparison.Row`); a job that ran the whole
    pipeline has no curves.
    """
    names = ", ".join(rows[0].values)
    labels = [", ".join(row.values.values()) for row in rows]
    curves = {
        label: row.curves["val_loss"] for label, row in zip(labels, rows, strict=True) if "val_loss" in row.curves
    }
    figure = Figure(figsize=(11 if curves else 5.5, 4.5), layout="constrained")
    figure.suptitle(title)
    *left, right = figure.subplots(1, 2 if curves else 1, squeeze=False)[0]
    for axes in left:
        for label, curve in curves.items():
            axes.plot(range(1, len(curve) + 1), curve, marker="." if len(curve) < SHORT else "", label=label)
        axes.set(xlabel="epoch", ylabel="validation loss")
        axes.legend(title=names, fontsize=8)
    for name in sorted({name for row in rows for name in row.metrics if name.endswith("accuracy")}):
        right.plot(labels, [row.metrics.get(name, np.nan) for row in rows], "o", label=name)
    right.set(xlabel=names, ylabel="at the end")
    right.legend(fontsize=8)
    right.tick_params(axis="x", rotation=45)
    _save(figure, folder / "comparison.png")
    return [folder / "comparison.png"]


def _save(figure: Figure, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=110, metadata={"Software": None})
