"""What the page's pictures share: size, colours, and PNG files with the same bytes for the same figure."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

NUMPY, KERAS, GRAY = "#0072b2", "#d55e00", "#777777"  # told apart without red and green
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999")
LEVELS = ("#cc79a7", "#009e73", "#e69f00", "#000000")  # for values of a setting: not the colours of networks
STYLE: Any = {
    "font.size": 9,
    "axes.grid": True,
    "grid.alpha": 0.25,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "legend.handlelength": 2.8,  # long enough to tell a dashed line with markers from a whole one
}


def panels(n: int, width: float = 8.0, height: float = 3.0, **more: Any) -> tuple[Figure, np.ndarray]:
    """A figure with n panels in a row."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(1, n, squeeze=False, **more)[0]


def png(figure: Figure) -> bytes:
    """With 256 colours, which show no difference and half of the bytes."""
    canvas, out = FigureCanvasAgg(figure), io.BytesIO()
    figure.set_dpi(150)
    canvas.draw()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    picture.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(out, format="png", optimize=True)
    return out.getvalue()


def styled() -> Any:
    """The context in which figures are to be made."""
    return rc_context(STYLE)


def image(axes: Axes, values: Any, **how: Any) -> Any:
    """Pixels without the frame, ticks and grid of a plot. Returns what a colour bar needs."""
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    axes.grid(False)
    return axes.imshow(values, **how)


def plain(axes: Axes, which: str, values: Sequence[float]) -> None:
    """Ticks at these values of a logarithmic axis, "x" or "y", written as people write them."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_ticks(values, [f"{value:g}" for value in values])
    axis.set_ticks([], minor=True)


WIDE: dict[str, Any] = {"lw": 4.5, "alpha": 0.45}  # a curve on which another one lies


def over_seeds(
    axes: Axes, groups: Mapping[str, Mapping[str, float]], color: str, label: str, style: str = "-", **look: Any
) -> None:
    """Means against a numeric value, in a band from the least to the most of the seeds."""
    x = [float(value) for value in groups]
    axes.plot(
        x, [group["mean"] for group in groups.values()], style, color=color, label=label, marker="o", ms=3, **look
    )
    low, high = ([group[end] for group in groups.values()] for end in ("min", "max"))
    axes.fill_between(x, low, high, color=color, alpha=0.18, lw=0)
