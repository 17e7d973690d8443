"""The pictures of the stages."""

from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


def _save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    FigureCanvasAgg(figure)
    figure.savefig(path, dpi=110, metadata={"Software": None}, pil_kwargs={"compress_level": 1})


def _tiles(axes, images: np.ndarray, titles: list[str], n_columns: int, colors: str = "gray_r") -> None:
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


def samples(path: Path, raw: np.ndarray, scaled: np.ndarray, recovered: np.ndarray, y: np.ndarray) -> None:
    """Digits (n, height, width) as they came, scaled, and recovered by the inverse transform; a column each."""
    figure = Figure(figsize=(1.0 * len(y), 4.6))
    rows = (("raw", raw, "gray_r"), ("scaled", scaled, "coolwarm"), ("recovered", recovered, "gray_r"))
    for i, (name, images, colors) in enumerate(rows):
        axes = figure.add_axes((0.01, (2 - i) / 3, 0.98, 0.33))
        _tiles(axes, images, [f"{name} {label}" for label in y], len(y), colors)
    _save(figure, path)


def curves(path: Path, tables: dict[str, np.ndarray]) -> None:
    """Loss and accuracy an epoch; each net's table has the columns of its curves.csv."""
    figure = Figure(figsize=(9, 3.6))
    figure.subplots_adjust(0.06, 0.13, 0.99, 0.92, wspace=0.13)  # the constrained layout would draw everything twice
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
    figure = Figure(figsize=(n_columns, 1.35 * n_rows + 0.4))
    figure.suptitle(f"{net}: {len(rows)} most confident errors on the test set", fontsize=10)
    titles = [f"{row['true']} taken for {row['predicted']}\np = {row['probability']:.2f}" for row in rows]
    _tiles(figure.add_axes((0.01, 0.01, 0.98, 1 - 0.4 / figure.get_figheight())), images, titles, n_columns)
    _save(figure, path)


def confusion(path: Path, matrices: dict[str, np.ndarray]) -> None:
    """A confusion matrix (n_classes, n_classes) a net, true class by row."""
    figure = Figure(figsize=(4.6 * len(matrices), 4.4))
    figure.subplots_adjust(0.06, 0.1, 0.99, 0.94, wspace=0.12)
    for axes, (net, matrix) in zip(figure.subplots(1, len(matrices), squeeze=False)[0], matrices.items(), strict=True):
        axes.imshow(matrix, cmap="Blues")
        for (true, predicted), count in np.ndenumerate(matrix):
            if count:
                color = "white" if count > matrix.max() / 2 else "black"
                axes.text(predicted, true, count, ha="center", va="center", color=color, fontsize=8)
        ticks = range(len(matrix))
        axes.set(title=net, xlabel="predicted", ylabel="true", xticks=ticks, yticks=ticks)
    _save(figure, path)
