"""Draw the panels that compare the settings of a sweep: their curves and their final metrics."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import offset_copy

from .sweep_scales import MOST_NAMED, NAMED, OTHERS, Colors, Scale, label_values, logarithmic, width
from .swept import Setting, is_seed, short

TESTED = ".test_accuracy"  # jobs that tested networks have a metric NETWORK.test_accuracy
PARTS = {"train": "training", "val": "validation"}
LOSS = "cross-entropy (nats)"

Limits = tuple[float, float]  # of a logarithmic axis


def metrics_of(of: Iterable[Setting], kind: str) -> dict[str, str]:
    """Return the metrics of a kind, `loss` or `accuracy`, with their labels.

    These are the test metrics of each network if the jobs tested networks, or else those on training and validation
    data.
    """
    known = [name for setting in of for row in setting.rows for name in row.metrics]
    networks = dict.fromkeys(name.removesuffix(TESTED) for name in known if name.endswith(TESTED))
    if networks:
        return {f"{network}.test_{kind}": f"{network}, test" for network in networks}
    return {f"{part}_{kind}": name for part, name in PARTS.items()}


def curves(axes: Axes, settings: Sequence[Setting], key: str, colors: Colors, part: str, limits: Limits) -> None:
    """Draw the loss on a part of the data by epoch, with bands for repeats if there are few settings."""
    for setting in settings:
        curve(axes, setting, part, colors.of[setting.values[key]], band=len(settings) <= MOST_NAMED)
    of_epochs(axes, limits)


def curve(axes: Axes, setting: Setting, part: str, color: str, band: bool = True, thin: bool = False) -> None:
    """Draw a line, or a dot for a single epoch: dotted if a training diverged, or else with a `band`.

    A line without a name of its own is below the others.
    """
    mean, low, high = setting.curve(f"{part}_loss")
    epochs = 1 + np.arange(len(mean))
    style, point = ":" if setting.diverged else "-", "o" if len(mean) == 1 else None
    axes.plot(
        epochs,
        mean,
        style,
        color=color,
        linewidth=0.8 if thin else 1.5,
        marker=point,
        zorder=1.5 if color == OTHERS else 2,
    )
    if band and len(setting.rows) > 1 and not setting.diverged:
        axes.fill_between(epochs, low, high, color=color, alpha=0.15, linewidth=0)


def seed_curves(axes: Axes, setting: Setting, part: str, limits: Limits) -> None:
    """Draw the loss of each seed, and their mean with its band."""
    for row in setting.rows:
        curve(axes, Setting({}, [row]), part, OTHERS, thin=True)
    curve(axes, setting, part, NAMED[0])
    of_epochs(axes, limits)


@dataclass
class Line:
    """A metric of settings that differ only in the key on the panel's x-axis."""

    settings: Sequence[Setting]
    metric: str
    color: str


def finals(axes: Axes, scale: Scale, lines: Sequence[Line], limits: Limits, joined: bool = True) -> None:
    """Draw final metrics against the values of a key, with error bars for repeats.

    A cross at the top marks a training that diverged. Dots are `joined` by lines if the values are numbers.
    """
    for i, line in enumerate(lines):
        settings = sorted(line.settings, key=lambda setting: scale.places[setting.values[scale.key]])
        x = scale.of(settings)
        mean, low, high = np.array([setting.final(line.metric) for setting in settings]).T
        bars = None if np.isnan(low).all() else [mean - low, high - mean]
        beside = (i - (len(lines) - 1) / 2) * min(5, 30 / len(lines)) * (bars is not None or not scale.ordered)
        drawn = axes.errorbar(
            x, mean, bars, fmt="o-" if joined and scale.ordered else "o", color=line.color, linewidth=1.3, capsize=3,
            markersize=8 - 4 * (i + 1) / len(lines),  # smaller on top, so that both show
        )  # fmt: skip
        for artist in drawn.get_children():
            artist.set_transform(offset_copy(axes.transData, axes.get_figure(root=True), beside, units="points"))
        lost = x[[setting.diverged for setting in settings]]
        crosses(axes, lost, line.color, 0.97 - i * min(0.04, 0.2 / len(lines)))
    scale.set_up(axes)
    if lines[0].metric.endswith("loss"):
        of_loss(axes, limits)
    else:
        axes.set_ylabel("accuracy")
        axes.grid(alpha=0.3)


def seed_finals(axes: Axes, setting: Setting, metrics: dict[str, str]) -> None:
    """Draw the final metrics of each seed, and the mean with its interval."""
    x = np.arange(len(setting.rows))
    for (metric, name), color in zip(metrics.items(), NAMED, strict=False):
        each = np.array([Setting({}, [row]).final(metric)[0] for row in setting.rows])
        mean, low, high = setting.final(metric)
        interval = f": mean {mean:.4f}, {low:.4f} to {high:.4f}" if math.isfinite(low) else ""
        axes.plot(x, each, "o", color=color, label=name + interval)
        if len(x) > 1:
            axes.axhline(mean, color=color, alpha=0.7)
            axes.axhspan(low, high, color=color, alpha=0.15, linewidth=0)
    crosses(axes, x[[not math.isfinite(row.objective) for row in setting.rows]], "black", 0.97)
    keys = [key for key in setting.rows[0].values if is_seed(key)] or list(setting.rows[0].values)
    labels = [", ".join(row.values[key] for key in keys) for row in setting.rows]
    label_values(axes, "x", labels, list(x), width(axes) / len(x))
    axes.set(xlabel=", ".join(map(short, keys)), ylabel=LOSS if metric.endswith("loss") else "accuracy")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=9, loc="upper center", bbox_to_anchor=(0.5, -0.22))


def crosses(axes: Axes, x: np.ndarray, color: str, height: float) -> None:
    """Draw a cross for each training that diverged, at a share of the panel's height."""
    axes.plot(x, np.full(len(x), height), "x", color=color, transform=axes.get_xaxis_transform())


def of_epochs(axes: Axes, limits: Limits) -> None:
    of_loss(axes, limits)
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))


def of_loss(axes: Axes, limits: Limits) -> None:
    logarithmic(axes, "y")
    axes.set(ylabel=LOSS, ylim=limits)
    axes.grid(alpha=0.3)


def limits_of(values: Iterable[np.ndarray]) -> Limits:
    """Return the limits of a logarithmic axis for means and their intervals (3, ...).

    They include the means and the upper ends of the intervals, but not the lower ends, which may be 0.
    """
    mean, _, high = np.hstack([np.empty((3, 0)), *(value.reshape(3, -1) for value in values)])
    shown = mean > 0
    return (mean[shown].min() / 1.5, 1.5 * np.fmax(mean, high)[shown].max()) if shown.any() else (0.1, 10)
