"""Samples before and after the scaling."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from digitrack.data.about import About
from digitrack.data.samples import Samples
from digitrack.data.scaled import unscale

from .drawing import save, tiles

MOST = 20  # classes, or features, for which there is room
ENOUGH = 10_000  # samples that show where a feature lies


def samples(path: Path, train: Samples, about: About) -> None:
    """An image of each class as it came, scaled, and recovered by the inverse transform; a column each."""
    chosen = [int(np.flatnonzero(train.y == k)[0]) for k in np.unique(train.y)[:MOST]]
    raw, x = train.raw[chosen], train.x[chosen]
    scaled, recovered = x.reshape(raw.shape), unscale(x, train.x.scaler).reshape(raw.shape)
    if scaled.ndim == 4:
        scaled = scaled.mean(axis=-1)  # what is below zero has no colour
        recovered = recovered.clip(0)  # nor has -1e-17
    figure = Figure(figsize=(max(4.0, len(raw)), 4.6))
    rows = (("raw", raw, "gray_r"), ("scaled", scaled, "coolwarm"), ("recovered", recovered, "gray_r"))
    for i, (row, images, colors) in enumerate(rows):
        axes = figure.add_axes((0.01, (2 - i) / 3, 0.98, 0.33))
        tiles(axes, images, [f"{row} {about.class_names[k]}" for k in train.y[chosen]], len(chosen), colors)
    save(figure, path)


def features(path: Path, train: Samples, about: About) -> None:
    """Where each feature of rows (n, n_features) lies, as it came and scaled."""
    names = about.feature_names or [f"feature {i}" for i in range(about.n_features)]
    figure = Figure(figsize=(10, 1.2 + 0.25 * len(names[:MOST])), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    for axes, rows, title in zip(panels, (train.raw[:ENOUGH], train.x[:ENOUGH]), ("raw", "scaled"), strict=True):
        axes.boxplot(rows[:, :MOST], orientation="horizontal", manage_ticks=False, flierprops={"markersize": 2})
        axes.set_title(title)
        axes.grid(axis="x", alpha=0.3)
    shown = len(names[:MOST])
    panels[0].set(yticks=range(1, shown + 1), yticklabels=names[:MOST], ylim=(shown + 0.5, 0.5))  # the first is on top
    save(figure, path)
