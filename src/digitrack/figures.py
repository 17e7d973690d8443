"""The pictures. The only module that imports matplotlib."""

from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


def _save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    FigureCanvasAgg(figure)
    figure.savefig(path, dpi=110, metadata={"Software": None})


def _digit(axes, pixels: np.ndarray, title: str, colors: str = "gray_r") -> None:
    axes.imshow(pixels, cmap=colors)
    axes.set_title(title, fontsize=8)
    axes.axis("off")


def samples(path: Path, raw: np.ndarray, scaled: np.ndarray, recovered: np.ndarray, y: np.ndarray) -> None:
    """Digits (n, height, width) as they came, scaled, and recovered by the inverse transform; a column each."""
    figure = Figure(figsize=(1.1 * len(y), 3.9), layout="constrained")
    rows = (("raw", raw, "gray_r"), ("scaled", scaled, "coolwarm"), ("recovered", recovered, "gray_r"))
    for row, (name, images, colors) in zip(figure.subplots(3, len(y), squeeze=False), rows, strict=True):
        for axes, image, label in zip(row, images, y, strict=True):
            _digit(axes, image, f"{name} {label}", colors)
    _save(figure, path)


def curves(path: Path, tables: dict[str, np.ndarray]) -> None:
    """Loss and accuracy an epoch; each net's table has the columns of its curves.csv."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    for axes, kind in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        for color, (net, table) in enumerate(tables.items()):
            for part, style in (("train", "-"), ("val", "--")):
                values = table[f"{part}_{kind}"]
                axes.plot(table["epoch"], values, style, color=f"C{color}", label=f"{net} {part}")
        axes.set(xlabel="epoch", title="cross-entropy" if kind == "loss" else "accuracy")
        axes.grid(alpha=0.3)
        if kind == "loss":
            axes.set_yscale("log")
            axes.legend(fontsize=8)
    _save(figure, path)


def errors(path: Path, net: str, rows: list[dict], images: np.ndarray) -> None:
    """Misclassified digits, a tile each; rows hold true, predicted and probability."""
    n_columns = 10
    n_rows = max(1, -(-len(rows) // n_columns))
    figure = Figure(figsize=(n_columns, 1.4 * n_rows + 0.4), layout="constrained")
    figure.suptitle(f"{net}: {len(rows)} most confident errors on the test set", fontsize=10)
    tiles = figure.subplots(n_rows, n_columns, squeeze=False).ravel()
    for axes in tiles:
        axes.axis("off")
    for axes, row, image in zip(tiles, rows, images, strict=False):
        _digit(axes, image, f"{row['true']} taken for {row['predicted']}\np = {row['probability']:.2f}")
    _save(figure, path)


def confusion(path: Path, matrices: dict[str, np.ndarray]) -> None:
    """A confusion matrix (n_classes, n_classes) a net, true class by row."""
    figure = Figure(figsize=(4.6 * len(matrices), 4.4), layout="constrained")
    for axes, (net, matrix) in zip(figure.subplots(1, len(matrices), squeeze=False)[0], matrices.items(), strict=True):
        axes.imshow(matrix, cmap="Blues")
        for (true, predicted), count in np.ndenumerate(matrix):
            if count:
                color = "white" if count > matrix.max() / 2 else "black"
                axes.text(predicted, true, count, ha="center", va="center", color=color, fontsize=8)
        ticks = range(len(matrix))
        axes.set(title=net, xlabel="predicted", ylabel="true", xticks=ticks, yticks=ticks)
    _save(figure, path)
