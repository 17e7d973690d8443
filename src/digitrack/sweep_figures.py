"""The pictures of a sweep, readable with 4 jobs and with 60."""

import math
from pathlib import Path

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from digitrack.comparison import NETS, Row, number, rounded, short

MOST_NAMED = 10  # curves with a legend; more get a colour scale


def draw(folder: Path, name: str, rows: list[Row]) -> list[Path]:
    """Draw what fits the sweep; returns the files."""
    keys = list(rows[0].values)
    rows = sorted(rows, key=lambda row: [_place(value) for value in row.values.values()])
    pictures = {"comparison": _comparison(name, rows, keys)}
    if len(keys) == 2:
        whole = math.prod(len({row.values[key] for row in rows}) for key in keys) == len(rows)
        pictures["heatmap" if whole else "map"] = (_heatmaps if whole else _maps)(name, rows, keys)
    files = []
    for stem, figure in pictures.items():
        FigureCanvasAgg(figure)
        figure.savefig(folder / f"{stem}.png", dpi=110)
        files.append(folder / f"{stem}.png")
    return files


def _place(value: str) -> float:
    """Where a value sorts: a name stays where it is."""
    return 0 if math.isnan(number(value)) else number(value)


def _is_log(values: np.ndarray) -> bool:
    return bool((values > 0).all() and len(values) > 2 and values.max() / values.min() >= 50)


def _comparison(name: str, rows: list[Row], keys: list[str]) -> Figure:
    """Above the curves of all jobs, below what they end with against the swept value."""
    with_curves = any(row.curves for row in rows)
    figure = Figure(figsize=(12, 8 if with_curves else 4.5), layout="constrained")
    figure.suptitle(f"{name}: {len(rows)} jobs")
    panels = figure.subplots(2 if with_curves else 1, 2, squeeze=False)
    if with_curves:
        for axes, part in zip(panels[0], ("train", "val"), strict=True):
            _curves(axes, rows, keys, part)
        _legend(figure, panels[0], rows, keys)
    for axes, kind in zip(panels[-1], ("loss", "accuracy"), strict=True):
        _finals(axes, rows, keys, kind)
    return figure


def _colors(rows: list[Row], keys: list[str]) -> tuple[list, ScalarMappable | None]:
    """A colour a job; with the scale that explains them when there are too many to name."""
    if len(rows) <= MOST_NAMED:
        return [colormaps["viridis"](0.9 * i / max(1, len(rows) - 1)) for i in range(len(rows))], None
    values = np.array([number(row.values[keys[0]]) for row in rows])
    if np.isnan(values).any():
        values = np.arange(len(rows), dtype=float)
    norm = (LogNorm if _is_log(values) else Normalize)(values.min(), values.max())
    scale = ScalarMappable(norm, "viridis")
    return [scale.to_rgba(value) for value in values], scale


def _curves(axes: Axes, rows: list[Row], keys: list[str], part: str) -> None:
    for row, color in zip(rows, _colors(rows, keys)[0], strict=True):
        values = row.curves.get(f"{part}_loss", [])
        label = _label(row) + (" (diverged)" if math.isinf(row.objective) else "")
        axes.plot(range(1, len(values) + 1), values, color=color, label=label, linewidth=1.3)
    axes.set(xlabel="epoch", yscale="log", title=f"{'training' if part == 'train' else 'validation'} cross-entropy")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.3)


def _label(row: Row) -> str:
    return ", ".join(map(rounded, row.values.values()))


def _legend(figure: Figure, panels: np.ndarray, rows: list[Row], keys: list[str]) -> None:
    scale = _colors(rows, keys)[1]
    if scale is None:
        panels[1].legend(title=", ".join(map(short, keys)), fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    else:
        figure.colorbar(scale, ax=list(panels), label=short(keys[0]))


def _finals(axes: Axes, rows: list[Row], keys: list[str], kind: str) -> None:
    """The last loss or accuracy against the swept value, or against the jobs' names if that is no single number."""
    names = [f"{part}_{kind}" for part in ("train", "val")]
    nets = [f"{net}.test_{kind}" for net in NETS]
    names = nets if any(net in row.metrics for net in nets for row in rows) else names
    x = np.array([number(row.values[keys[0]]) for row in rows])
    scaled = len(keys) == 1 and not np.isnan(x).any() and (_is_log(x) or keys == ["seed"])
    if not scaled:
        x = np.arange(len(rows), dtype=float)
    if len(rows) <= 20:
        labels = list(map(_label, rows))
        axes.set_xscale("log" if scaled and _is_log(x) else "linear")
        crowded = max(map(len, labels)) * len(labels) > 60
        axes.set_xticks(x, labels, rotation=45 if crowded else 0, ha="right" if crowded else "center", minor=False)
        axes.minorticks_off()
    elif scaled and _is_log(x):
        axes.set_xscale("log")
    ordered = keys != ["seed"] and not any(math.isnan(number(row.values[keys[0]])) for row in rows)
    for i, name in enumerate(names):
        values = np.array([row.metrics.get(name, math.nan) for row in rows])
        values[[math.isinf(row.objective) for row in rows]] = math.nan
        axes.plot(x, values, "o-" if ordered else "o", markersize=5, color=f"C{i}", label=name)
        if keys == ["seed"]:
            axes.axhline(np.nanmean(values), color=f"C{i}", alpha=0.5, label=f"mean {np.nanmean(values):.4f}")
    diverged = x[[math.isinf(row.objective) for row in rows]]
    axes.plot(diverged, np.full(len(diverged), 0.97), "x", color="red", transform=axes.get_xaxis_transform(),
              label="diverged" if len(diverged) else None)  # fmt: skip
    at = ", ".join(map(short, keys)) if scaled or len(rows) <= 20 else "job, by value"
    axes.set(xlabel=at, title=f"{'cross-entropy' if kind == 'loss' else 'accuracy'} at the end")
    axes.set_yscale("log" if kind == "loss" and keys != ["seed"] else "linear")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)


def _heatmaps(name: str, rows: list[Row], keys: list[str]) -> Figure:
    """Validation loss and accuracy over the two swept values."""
    across, down = ([*dict.fromkeys(row.values[key] for row in rows)] for key in keys)
    across, down = sorted(across, key=_place), sorted(down, key=_place)
    figure = Figure(figsize=(3 + 1.3 * len(across), 1.5 + 0.6 * len(down)), layout="constrained")
    figure.suptitle(name)
    for axes, kind in zip(figure.subplots(1, 2), ("val_loss", "val_accuracy"), strict=True):
        grid = np.full((len(down), len(across)), math.nan)
        for row in rows:
            if math.isfinite(row.objective):
                place = down.index(row.values[keys[1]]), across.index(row.values[keys[0]])
                grid[place] = row.metrics.get(kind, math.nan)
        image = axes.imshow(grid, cmap="viridis_r" if kind == "val_loss" else "viridis", aspect="auto")
        for (i, j), value in np.ndenumerate(grid):
            if len(rows) <= 100:
                shade = "white" if sum(image.cmap(image.norm(value))[:3]) < 1.4 else "black"
                axes.text(j, i, "-" if math.isnan(value) else f"{value:.3f}", ha="center", va="center", color=shade,
                          fontsize=8)  # fmt: skip
        axes.set(title=kind, xlabel=short(keys[0]), ylabel=short(keys[1]))
        axes.set_xticks(range(len(across)), across, rotation=45 if len(across) > 6 else 0)
        axes.set_yticks(range(len(down)), down)
        figure.colorbar(image)
    return figure


def _maps(name: str, rows: list[Row], keys: list[str]) -> Figure:
    """Validation loss and accuracy at the places that a search has visited."""
    figure = Figure(figsize=(11, 4.5), layout="constrained")
    figure.suptitle(name)
    places: list[np.ndarray] = []
    for key in keys:
        values = [row.values[key] for row in rows]
        names = sorted(set(values))
        numbers = np.array([number(value) for value in values])
        places.append(np.array([names.index(value) for value in values]) if np.isnan(numbers).any() else numbers)
    for axes, kind in zip(figure.subplots(1, 2), ("val_loss", "val_accuracy"), strict=True):
        figures = [row.metrics.get(kind, math.nan) for row in rows]
        norm = LogNorm() if kind == "val_loss" else None
        dots = axes.scatter(*places, c=figures, cmap="viridis_r" if norm else "viridis", norm=norm, edgecolor="gray")
        for axis, key, place in zip("xy", keys, places, strict=True):
            axes.set(**{f"{axis}label": short(key), f"{axis}scale": "log" if _is_log(place) else "linear"})
            if math.isnan(number(rows[0].values[key])):
                names = sorted({row.values[key] for row in rows})
                axes.set(**{f"{axis}ticks": range(len(names)), f"{axis}ticklabels": names})
        axes.set(title=kind)
        figure.colorbar(dots)
    return figure
