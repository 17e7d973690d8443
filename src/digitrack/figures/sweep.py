"""The pictures of a sweep, readable with 4 jobs and with 60."""

import math
from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from . import sweep_maps, sweep_panels
from .drawing import save
from .swept import Row, place


def draw(folder: Path, name: str, rows: Sequence[Row]) -> list[Path]:
    """Draw what fits the sweep: how its jobs compare and, if it has two keys, a map. Returns the files."""
    keys = list(rows[0].values)
    rows = sorted(rows, key=lambda row: [place(value) for value in row.values.values()])
    pictures = {"comparison": comparison(name, rows, keys)}
    if len(keys) == 2:
        whole = math.prod(len({row.values[key] for row in rows}) for key in keys) == len(rows)
        stem, of_two = ("heatmap", sweep_maps.heatmaps) if whole else ("map", sweep_maps.maps)
        pictures[stem] = of_two(name, rows, keys)
    for stem, figure in pictures.items():
        save(figure, folder / f"{stem}.png")
    return [folder / f"{stem}.png" for stem in pictures]


def comparison(name: str, rows: list[Row], keys: list[str]) -> Figure:
    """Above the curves of all jobs, below what they end with against the swept value."""
    with_curves = any(row.curves for row in rows)
    figure = Figure(figsize=(12, 8 if with_curves else 4.5), layout="constrained")
    figure.suptitle(f"{name}: {len(rows)} jobs")
    panels = figure.subplots(2 if with_curves else 1, 2, squeeze=False)
    if with_curves:
        for axes, part in zip(panels[0], ("train", "val"), strict=True):
            sweep_panels.curves(axes, rows, keys, part)
        sweep_panels.legend(figure, panels[0], rows, keys)
    for axes, kind in zip(panels[-1], ("loss", "accuracy"), strict=True):
        sweep_panels.finals(axes, rows, keys, kind)
    return figure
