"""Place the values of a swept setting on an axis, and choose their colours."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib import color_sequences, colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, LogNorm, Normalize, to_hex
from matplotlib.lines import Line2D
from matplotlib.ticker import LogFormatter

from .swept import Setting, in_order, names, number, text

MOST_NAMED = 10  # values with a colour and a name each
MOST_TICKS = 20  # values with a label on an axis
LONG = 24  # letters that a label on an axis has room for
LETTER = 0.08  # inches, its width
NARROWEST = 0.04  # share of an axis between two values with labels
DARK = ListedColormap(colormaps["viridis"](np.linspace(0, 0.9, 256)))  # without its end, which is hard to see on white
PETROFF = [to_hex(color) for color in color_sequences["petroff10"]]  # which colour-blind people can tell apart
NAMED = [*PETROFF[:3], *PETROFF[4:], PETROFF[3]]  # its grey last
OTHERS = "#c0c0c0"  # the colour of all other names, and of single seeds


class PlainLog(LogFormatter):
    """Label an axis with 0.2 instead of 2 x 10^-1."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        return super().__call__(x, pos) and f"{x:g}"


def color_bar(scale: ScalarMappable, panels: np.ndarray, label: str = "") -> None:
    """Put a colour bar at the right of panels (rows, columns)."""
    bar = panels[0, 0].figure.colorbar(scale, ax=panels, label=label)
    if isinstance(scale.norm, LogNorm):
        bar.formatter, bar.minorformatter = PlainLog(), PlainLog(minor_thresholds=(2, 0.4))


def logarithmic(axes: Axes, axis: str) -> None:
    """Make the axis "x" or "y" logarithmic, with plain numbers."""
    axes.set(**{f"{axis}scale": "log"})
    own = getattr(axes, f"{axis}axis")
    own.set_major_formatter(PlainLog())
    own.set_minor_formatter(PlainLog(minor_thresholds=(2, 0.4)))  # labelled on short axes


class Scale:
    """The sorted values of a key, each with its place on an axis.

    Numbers are placed by their size if this leaves room for their labels, all else at equal distances.
    """

    def __init__(self, key: str, settings: Sequence[Setting]) -> None:
        self.key = key
        self.name = names(settings[0].values)[key].replace("$", r"\$")
        self.values = in_order(setting.values[key] for setting in settings)
        numbers = np.array([number(value) for value in self.values])
        self.ordered = not np.isnan(numbers).any()
        self.kind = kind(numbers) if self.ordered else "places"
        places = np.arange(len(numbers)) if self.kind == "places" else numbers
        self.places = dict(zip(self.values, map(float, places), strict=True))
        self.gap = 1 / len(numbers) if self.kind == "places" else room(spread(numbers)[self.kind])  # share of an axis
        self.named = self.kind == "places" or (len(numbers) <= MOST_TICKS and self.gap > NARROWEST)

    def of(self, settings: Iterable[Setting]) -> np.ndarray:
        """Return the places of settings: (len(settings),)."""
        return np.array([self.places[setting.values[self.key]] for setting in settings])

    def set_up(self, axes: Axes, axis: str = "x") -> None:
        """Prepare an axis for these places."""
        if self.kind == "log":
            logarithmic(axes, axis)
        if self.named:
            label_values(axes, axis, self.values, list(self.places.values()), self.gap * width(axes))
        axes.set(**{f"{axis}label": self.name})


def kind(numbers: np.ndarray) -> str:
    """Choose the axis for sorted numbers: "linear" or "log", whichever spreads them more evenly.

    It is "places", equal distances, if there are few numbers and both leave too little room between two of them.
    """
    ways = spread(numbers)
    if len(numbers) > MOST_NAMED:
        return min(ways, key=lambda way: abs(np.median(ways[way]) - 0.5))
    widest = max(ways, key=lambda way: room(ways[way]))
    return widest if room(ways[widest]) > NARROWEST else "places"


def spread(numbers: np.ndarray) -> dict[str, np.ndarray]:
    """Return the places of sorted numbers on an axis from 0 to 1, by its kind."""
    ways = {"linear": numbers} | ({"log": np.log(numbers)} if numbers[0] > 0 else {})
    return {way: (places - places[0]) / (np.ptp(places) or 1) for way, places in ways.items()}


def room(places: np.ndarray) -> float:
    """Return the smallest distance between two places."""
    return float(np.diff(places).min(initial=1))


def width(axes: Axes) -> float:
    """Return the width of a panel in inches, as far as it is known before the layout."""
    return float(axes.bbox.width / axes.figure.dpi)


def label_values(axes: Axes, axis: str, values: Sequence[str], places: Sequence[float], gap: float) -> None:
    """Label the values on an axis, `gap` inches apart: of many only some, and slanted if they would touch."""
    step = -(-len(values) // MOST_TICKS)
    labels = [label.replace(",", ",\n") for label in apart(values)[::step]]
    longest = max(len(line) for label in labels for line in label.splitlines())
    askew = axis == "x" and LETTER * (1 + longest) > gap * step
    turned = {"rotation": 40, "ha": "right", "rotation_mode": "anchor"} if askew else {}
    own = getattr(axes, f"{axis}axis")
    own.set_ticks(places[::step], labels, **turned)
    own.set_ticks([], minor=True)


def apart(values: Sequence[str]) -> list[str]:
    """Shorten the values for an axis: long names lose the beginning and the end that all of them share."""
    if len(values) > 1 and max(len(part) for value in values for part in value.split(",")) > LONG:
        start = alike(values)
        end = alike([value[start:][::-1] for value in values])
        values = [f"{'…' * (start > 0)}{value[start : len(value) - end]}{'…' * (end > 0)}" for value in values]
    return [text(value, 40 if "," in value else LONG) for value in values]


def alike(names: Sequence[str]) -> int:
    """Return how many letters at the beginning all names share."""
    differ = (i for i, letters in enumerate(zip(*names, strict=False)) if len(set(letters)) > 1)
    return next(differ, min(map(len, names)))


@dataclass
class Colors:
    """Colours by value, explained by a legend, or by a bar if there are more numbers than a legend has room for."""

    title: str
    of: dict[str, str]
    bar: ScalarMappable | None = None

    def explain(self, panels: np.ndarray) -> None:
        """Put the legend or the bar beside panels (rows, columns)."""
        if self.bar:
            return color_bar(self.bar, panels, self.title)
        entries = [(text(value), color) for value, color in self.of.items() if color != OTHERS]
        others = len(self.of) - len(entries)
        entries += [(f"{others} others", OTHERS)] if others else []
        lines = [Line2D([], [], color=color, marker="o", label=label) for label, color in entries]
        panels[0, -1].legend(handles=lines, title=self.title, fontsize=9, loc="upper left", bbox_to_anchor=(1, 1))


def colors_of(scale: Scale, settings: Sequence[Setting]) -> Colors:
    """Choose a colour for each value of a key: shades for numbers, or one of ten; of more names, nine have one."""
    values = scale.values
    if not scale.ordered:
        ranked = sorted(settings, key=lambda setting: (not math.isfinite(setting.objective), setting.objective))
        named = [*dict.fromkeys(setting.values[scale.key] for setting in ranked)]
        shown = named if len(named) <= MOST_NAMED else named[: MOST_NAMED - 1]
        own = dict(zip((value for value in values if value in shown), NAMED, strict=False))
        return Colors(scale.name, {value: own.get(value, OTHERS) for value in values})
    if len(values) <= MOST_NAMED:
        return Colors(scale.name, dict(zip(values, map(to_hex, DARK(np.linspace(0, 1, len(values)))), strict=True)))
    numbers = np.array([number(value) for value in values])
    bar = ScalarMappable((LogNorm if scale.kind == "log" else Normalize)(numbers[0], numbers[-1]), DARK)
    return Colors(scale.name, dict(zip(values, map(to_hex, bar.to_rgba(numbers)), strict=True)), bar)
