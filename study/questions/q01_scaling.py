"""Question 1: a sample before, after and recovered, and the pixels that hardly vary."""

import numpy as np
from matplotlib.figure import Figure

from study import drawing
from study.experiment import Experiment
from study.questions import Figures

EVIDENCE = {"scaling": Experiment("scaling")}


def measure(found: dict) -> Figures:
    return found["scaling"]


def draw(figures: Figures) -> dict[str, Figure]:
    figure, axes = drawing.panels(4, width=8, height=2.3)
    extreme = float(np.abs(figures["scaled"]).max())
    shown = (
        ("sample", "as it came", "gray_r", 0, 16),
        ("scaled", "scaled", "RdBu_r", -extreme, extreme),
        ("recovered", "recovered", "gray_r", 0, 16),
    )
    for ax, (key, title, colors, low, high) in zip(axes, shown, strict=False):
        bar = figure.colorbar(drawing.image(ax, figures[key], cmap=colors, vmin=low, vmax=high), ax=ax, shrink=0.75)
        if high == 16:
            bar.set_ticks([0, 4, 8, 12, 16])
        ax.set_title(title)
    largest = drawing.image(
        axes[3], figures["largest_by_pixel"], cmap="Purples", norm="log", vmin=1, vmax=figures["largest"]
    )
    top = float(f"{figures['largest']:.3g}")
    drawing.plain(figure.colorbar(largest, ax=axes[3], shrink=0.75).ax, "y", (1, 3, 10, 30, top))
    axes[3].set_title("test part, scaled")
    return {"scaling": figure}


def claims(figures: Figures) -> dict[str, bool]:
    return {
        "what comes back differs by rounding": figures["recovery_error"] < 1e-13,
        "a test pixel lies tens of standard deviations away": figures["largest"] > 20,
        "that pixel is inked in few training digits": figures["inked_in_train"] <= 3,
    }
