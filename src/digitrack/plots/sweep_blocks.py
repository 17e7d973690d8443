"""Choose the panels that compare the jobs of a sweep. If possible, the jobs in a panel differ in a single setting."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from .sweep_panels import PARTS, Limits, Line, curves, finals, limits_of, metrics_of, seed_curves, seed_finals
from .sweep_scales import NAMED, Colors, Scale, colors_of
from .swept import Setting, parts

KINDS = {"loss": "cross-entropy", "accuracy": "accuracy"}
CURVES, FINALS = "epoch by epoch", "at the end"
MOST_COLUMNS, MOST_PANELS = 5, 20

Parts = Sequence[tuple[str, list[Setting]]]


@dataclass
class Block:
    """Panels with their titles, and the legend of their colours.

    `shared` says which panels have the same y-axis: all, those in a row, or none.
    """

    title: str
    panels: Sequence[tuple[str, Callable[[Axes], None]]]
    columns: int
    colors: Colors | None = None
    shared: Literal["all", "row", "none"] = "all"

    @property
    def rows(self) -> int:
        return -(-len(self.panels) // self.columns)

    def draw(self, figure: SubFigure) -> None:
        """Draw the panels side by side, in several rows if there are many."""
        figure.suptitle(self.title, fontweight="bold", fontsize=10)
        grid = figure.subplots(self.rows, self.columns, squeeze=False, sharey=self.shared)
        for axes, (title, panel) in zip(grid.flat, self.panels, strict=False):
            panel(axes)
            axes.set_title(title, fontsize=10)
            if self.shared != "none" and not axes.get_subplotspec().is_first_col():
                axes.set_ylabel("")
        for axes in grid.flat[len(self.panels) :]:
            axes.set_axis_off()
        if self.colors:
            self.colors.explain(grid)


def of_seeds(of: Sequence[Setting]) -> list[Block]:
    """Return the blocks for one setting with several seeds, which show the effect of chance."""
    each = [*of, *(Setting({}, [row]) for row in of[0].rows)]
    courses = [
        (f"{name} loss (grey: each seed)", partial(seed_curves, setting=of[0], part=part, limits=of_curves(each, part)))
        for part, name in PARTS.items()
    ]
    ends = [(name, partial(seed_finals, setting=of[0], metrics=metrics_of(of, kind))) for kind, name in KINDS.items()]
    return [Block(CURVES, courses, 2, shared="none"), Block(FINALS, ends, 2, shared="none")]


def of_grid(of: Sequence[Setting], keys: Sequence[str]) -> list[Block]:
    """Return the blocks for a grid of values.

    The first key colours the curves, and is on the x-axis of the final metrics, which the second key colours. All other
    keys, for the curves also the second, get panels of their own.
    """
    across, apart = Scale(keys[0], of), parts(of, keys[1:])
    first = curves_apart(of, across, apart) if len(apart) <= MOST_PANELS else curves_by_key(of, keys)
    if len(keys) == 1:
        ends = [(name, all_metrics(of, across, kind)) for kind, name in KINDS.items()]
        return [first, Block(FINALS, ends, 2, metric_colors(of), shared="none")]
    second, panels = Scale(keys[1], of), parts(of, keys[2:])
    return [first, *(finals_apart(of, across, second, panels, kind) for kind in KINDS)]


def of_search(of: Sequence[Setting], keys: Sequence[str]) -> list[Block]:
    """Return the blocks for the settings of a search: one panel per key, as no two settings share all others."""
    blocks = [curves_by_key(of, keys)]
    for kind, name in KINDS.items():
        panels = [
            (f"by {scale.name}", all_metrics(of, scale, kind, joined=False))
            for scale in [Scale(key, of) for key in keys]
        ]
        blocks.append(Block(f"{name} {FINALS}", panels, columns(len(keys)), metric_colors(of)))
    return blocks


def curves_apart(of: Sequence[Setting], scale: Scale, apart: Parts) -> Block:
    """Return a block of curves, which differ in a panel by one key, their colour; many panels are validation only."""
    colors = colors_of(scale, of)
    shown = PARTS if len(apart) < MOST_COLUMNS else {"val": PARTS["val"]}
    panels = []
    for part, name in shown.items():
        own = partial(curves, key=scale.key, colors=colors, part=part, limits=of_curves(of, part))
        panels += [(titled(f"{name} loss", title), partial(own, settings=some)) for title, some in apart]
    if len(apart) == 1:
        return Block(CURVES, panels, 2, colors, shared="none")
    if len(shown) > 1:
        return Block(CURVES, panels, len(apart), colors, shared="row")
    return Block(CURVES, panels, columns(len(panels)), colors)


def curves_by_key(of: Sequence[Setting], keys: Sequence[str]) -> Block:
    """Return a block with the validation curves of all settings, in one panel per key, which colours them."""

    def panel(axes: Axes, scale: Scale) -> None:
        colors = replace(colors_of(scale, of), title="")  # the panel has this title
        curves(axes, of, scale.key, colors, "val", of_curves(of, "val"))
        colors.explain(np.array([[axes]]))

    scales = [Scale(key, of) for key in keys]
    panels = [(f"validation loss by {scale.name}", partial(panel, scale=scale)) for scale in scales]
    return Block(CURVES, panels, columns(len(keys)))


def finals_apart(of: Sequence[Setting], across: Scale, second: Scale, apart: Parts, kind: str) -> Block:
    """Return a block of final metrics, which differ on a line by the key across; many panels are validation only."""
    colors, metrics = colors_of(second, of), metrics_of(of, kind)
    if len(metrics) * len(apart) > MOST_COLUMNS and f"val_{kind}" in metrics:
        metrics = {f"val_{kind}": metrics[f"val_{kind}"]}
    limits = of_finals(of, metrics)
    panels = []
    for metric, what in metrics.items():
        for title, some in apart:
            groups = {
                value: [setting for setting in some if setting.values[second.key] == value] for value in colors.of
            }
            lines = [Line(group, metric, colors.of[value]) for value, group in groups.items() if group]
            panels.append((titled(what, title), partial(finals, scale=across, lines=lines, limits=limits)))
    return Block(f"{KINDS[kind]} {FINALS}", panels, columns(len(panels)), colors)


def all_metrics(of: Sequence[Setting], scale: Scale, kind: str, joined: bool = True) -> Callable[[Axes], None]:
    """Return a function that draws each metric in a colour of its own."""
    metrics = metrics_of(of, kind)
    lines = [Line(of, metric, color) for metric, color in zip(metrics, NAMED, strict=False)]
    return partial(finals, scale=scale, lines=lines, limits=of_finals(of, metrics), joined=joined)


def metric_colors(of: Sequence[Setting]) -> Colors:
    return Colors("", dict(zip(metrics_of(of, "loss").values(), NAMED, strict=False)))


def of_curves(of: Sequence[Setting], part: str) -> Limits:
    sound = [setting for setting in of if not setting.diverged]
    return limits_of(setting.curve(f"{part}_loss") for setting in sound or of)


def of_finals(of: Sequence[Setting], metrics: Iterable[str]) -> Limits:
    return limits_of(setting.final(metric) for metric in metrics for setting in of)


def titled(what: str, title: str) -> str:
    return f"{what}\n{title}" if title else what


def columns(panels: int) -> int:
    """Return how many panels to place side by side, so that all rows are full, or almost."""
    return -(-panels // -(-panels // MOST_COLUMNS))
