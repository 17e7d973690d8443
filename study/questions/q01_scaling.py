"""Question 1: a sample before, after and recovered, and the pixels that hardly vary."""

import numpy as np
from matplotlib.figure import Figure

from study import drawing
from study.chance import summary
from study.experiment import Experiment
from study.questions import Figures

EVIDENCE = {"scaling": Experiment("scaling")}
INITIAL_STDDEV = 0.15  # of the numpy network, as committed


def measure(found: dict) -> Figures:
    scaling = found["scaling"]
    ways = {
        name: {"loss": summary([row[0] for row in rows]), "accuracy": summary([row[1] for row in rows])}
        for name, rows in scaling["validation"].items()
    }
    plain, clipped = list(scaling["validation"].values())[:2]
    gains = [a[0] - b[0] for a, b in zip(plain, clipped, strict=True)]  # in loss, seed by seed
    shift = scaling["largest"] * INITIAL_STDDEV
    return {**scaling, "validation": ways, "gain": summary(gains), "shift": float(f"{shift:.6g}")}


def draw(figures: Figures) -> dict[str, Figure]:
    figure, axes = drawing.panels(4, width=9, height=2.6)
    extreme = float(np.abs(figures["scaled"]).max())
    shown = (
        ("sample", "as it came", "gray_r", 0, 16),
        ("scaled", "standardised", "RdBu_r", -extreme, extreme),
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
    drawing.plain(figure.colorbar(largest, ax=axes[3], shrink=0.75).ax, "y", (1, 3, 10, 30))
    axes[3].set_title("test part: largest |z|")
    return {"scaling": figure}


def claims(figures: Figures) -> dict[str, bool]:
    ways = list(figures["validation"].values())
    return {
        "what comes back differs by rounding": figures["recovery_error"] < 1e-13,
        "more pixels are constant in the training part than in all": (
            figures["constant_in_train"] > figures["constant_in_all"] > 0
        ),
        "a test pixel lies tens of standard deviations away": figures["largest"] > 20,
        "that pixel is inked in few training digits": figures["inked_in_train"] <= 3,
        "clipping lowers the validation loss": ways[1]["loss"]["mean"] < ways[0]["loss"]["mean"] - 0.01,
        "by more than chance": figures["gain"]["low"] > 0,
        "one such pixel moves a unit into its flat part": figures["shift"] > 4,
        "the ways to scale differ by less than a percentage point": (
            np.ptp([way["accuracy"]["mean"] for way in ways]) < 0.01
        ),
    }
