"""Draw samples before and after scaling."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from digitrack.data.names import shown
from digitrack.data.sample_info import SampleInfo
from digitrack.data.samples import Samples
from digitrack.data.scaled import unscale

from .drawing import save, tiles

MOST = 20  # classes or features that have room
ENOUGH = 10_000  # samples that show the distribution of a feature


def samples(path: Path, train: Samples, info: SampleInfo) -> None:
    """Draw an image of each class: raw, scaled, and recovered by the inverse transform; one column per class."""
    chosen = [int(np.flatnonzero(train.y == k)[0]) for k in np.unique(train.y)[:MOST]]
    raw, x = train.raw[chosen], train.x[chosen]
    scaled, recovered = x.reshape(raw.shape), unscale(x, train.x.scaler).reshape(raw.shape)
    if scaled.ndim == 4:
        scaled = scaled.mean(axis=-1)  # values below zero have no colour
        recovered = recovered.clip(0)  # nor has -1e-17
    figure = Figure(figsize=(max(4.0, len(raw)), 4.6))
    rows = (("raw", raw, "gray_r"), ("scaled", scaled, "coolwarm"), ("recovered", recovered, "gray_r"))
    for i, (row, images, colors) in enumerate(rows):
        axes = figure.add_axes((0.01, (2 - i) / 3, 0.98, 0.33))
        tiles(axes, images, [f"{row} {shown(info.class_names[k])}" for k in train.y[chosen]], len(chosen), colors)
    save(figure, path)


def features(path: Path, train: Samples, info: SampleInfo) -> None:
    """Draw the distribution of each feature of rows (n, n_features), raw and scaled."""
    names = [shown(name) for name in info.feature_names or map("feature {}".format, range(info.n_features))][:MOST]
    figure = Figure(figsize=(10, 1.2 + 0.25 * len(names)), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    for axes, rows, title in zip(panels, (train.raw[:ENOUGH], train.x[:ENOUGH]), ("raw", "scaled"), strict=True):
        axes.boxplot(rows[:, :MOST], orientation="horizontal", manage_ticks=False, flierprops={"markersize": 2})
        axes.set_title(title)
        axes.grid(axis="x", alpha=0.3)
    panels[0].set_yticks(range(1, len(names) + 1), names)
    panels[0].set_ylim(len(names) + 0.5, 0.5)  # the first at the top
    save(figure, path)
