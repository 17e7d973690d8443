"""Question 1: a sample before, after and recovered, and the pixels that hardly vary."""

import numpy as np
from matplotlib.figure import Figure

from study.chance import summary
from study.drawing import panels
from study.experiment import Experiment
from study.questions import Figures

EVIDENCE = {"scaling": Experiment("scaling")}


def measure(found: dict) -> Figures:
    scaling = found["scaling"]
    ways = {
        name: {"loss": summary([row[0] for row in rows]), "accuracy": summary([row[1] for row in rows])}
        for name, rows in scaling["validation"].items()
    }
    return {**scaling, "validation": ways}


def draw(figures: Figures) -> dict[str, Figure]:
    figure, axes = panels(4, width=9, height=2.6)
    extreme = float(np.abs(figures["scaled"]).max())
    shown = (
        ("sample", "as it came", "gray_r", 0, 16),
        ("scaled", "standardised", "RdBu_r", -extreme, extreme),
        ("recovered", "recovered", "gray_r", 0, 16),
    )
    for ax, (key, title, colors, low, high) in zip(axes, shown, strict=False):
        image = ax.imshow(figures[key], cmap=colors, vmin=low, vmax=high)
        figure.colorbar(image, ax=ax, shrink=0.75)
        ax.set_title(title)
    image = axes[3].imshow(figures["largest_by_pixel"], cmap="Purples", norm="log", vmin=1, vmax=figures["largest"])
    figure.colorbar(image, ax=axes[3], shrink=0.75)
    axes[3].set_title("test part: largest |z|")
    for ax in axes:
        ax.set(xticks=[], yticks=[])
        ax.grid(False)
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
        "the ways to scale differ by less than a percentage point": (
            np.ptp([way["accuracy"]["mean"] for way in ways]) < 0.01
        ),
    }
