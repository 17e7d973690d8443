"""The pictures: of a test, and of a sweep. Arrays in, a PNG out; the same arrays give the same bytes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure


def confusion(file: Path, counts: np.ndarray) -> None:
    """Counts (k, k) of what each class, by row, is taken for."""
    figure = Figure(figsize=(4.5, 4.5), layout="constrained")
    axes = figure.subplots()
    axes.imshow(counts, cmap="Blues")
    for (true, predicted), count in np.ndenumerate(counts):
        axes.text(predicted, true, count, ha="center", color="white" if count > counts.max() / 2 else "black")
    ticks = range(len(counts))
    axes.set(xlabel="predicted", ylabel="true", xticks=ticks, yticks=ticks)
    _save(figure, file)


def sweep(folder: Path, title: str, rows: Sequence[Any]) -> list[Path]:
    """The validation loss of each job of a sweep, epoch by epoch, and what it ended with. Returns the files.

    A row has `values`, `metrics` and `curves`, each by name (`tracked.sweeps.comparison.Row`).
    """
    figure = Figure(figsize=(11, 4.5), layout="constrained")
    figure.suptitle(title)
    left, right = figure.subplots(1, 2)
    left.set(xlabel="epoch", ylabel="validation loss")
    right.set(ylabel="at the end")
    labels = [", ".join(row.values.values()) for row in rows]
    for row, label in zip(rows, labels, strict=True):
        left.plot(range(1, len(row.curves.get("val_loss", ())) + 1), row.curves.get("val_loss", ()), label=label)
    for name in sorted({name for row in rows for name in row.metrics if name.endswith("accuracy")}):
        right.plot(labels, [row.metrics.get(name, np.nan) for row in rows], "o", label=name)
    left.legend(title=", ".join(rows[0].values), fontsize=8)
    right.legend(fontsize=8)
    right.tick_params(axis="x", rotation=45)
    _save(figure, folder / "comparison.png")
    return [folder / "comparison.png"]


def _save(figure: Figure, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=110, metadata={"Software": None})
