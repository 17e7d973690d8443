"""What networks take each class for."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from .drawing import save


def confusion(path: Path, matrices: Mapping[str, np.ndarray]) -> None:
    """A confusion matrix (n_classes, n_classes) a network, true class by row."""
    figure = Figure(figsize=(4.6 * len(matrices), 4.4))
    figure.subplots_adjust(0.06, 0.1, 0.99, 0.94, wspace=0.12)
    panels = figure.subplots(1, len(matrices), squeeze=False)[0]
    for axes, (network, matrix) in zip(panels, matrices.items(), strict=True):
        axes.imshow(matrix, cmap="Blues")
        for (true, predicted), count in np.ndenumerate(matrix):
            if count:
                color = "white" if count > matrix.max() / 2 else "black"
                axes.text(predicted, true, count, ha="center", va="center", color=color, fontsize=8)
        ticks = range(len(matrix))
        axes.set(title=network, xlabel="predicted", ylabel="true", xticks=ticks, yticks=ticks)
    save(figure, path)
