"""Draw confusion matrices."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from digitrack.data.names import shown

from .drawing import save

LONG = 2  # letters in a class's name; longer names need more room
MOST = 25  # classes; with more, the counts would overlap


def confusion(path: Path, matrices: Mapping[str, np.ndarray], names: Sequence[str]) -> None:
    """Draw one confusion matrix (n_classes, n_classes) per network; its rows are the true classes."""
    names = [shown(name) for name in names]
    long = max(map(len, names)) > LONG
    figure = Figure(figsize=(4.6 * len(matrices), 4.4), layout="constrained" if long else None)
    if not long:
        figure.subplots_adjust(0.06, 0.1, 0.99, 0.94, wspace=0.12)
    panels = figure.subplots(1, len(matrices), squeeze=False)[0]
    for axes, (network, matrix) in zip(panels, matrices.items(), strict=True):
        axes.imshow(matrix, cmap="Blues")
        for (true, predicted), count in np.ndenumerate(matrix) if len(names) <= MOST else ():
            if count:
                color = "white" if count > matrix.max() / 2 else "black"
                axes.text(predicted, true, count, ha="center", va="center", color=color, fontsize=8)
        axes.set(title=network, xlabel="predicted", ylabel="true")
        size = 10 if len(names) <= MOST else 4
        axes.set_xticks(range(len(names)), names, rotation=90 if long else 0, fontsize=size)
        axes.set_yticks(range(len(names)), names, fontsize=size)
    save(figure, path)
