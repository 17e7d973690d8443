"""Question 5: one-dimensional fits with ever more hidden units."""

from matplotlib.figure import Figure

from study.drawing import SERIES, panels
from study.experiment import Experiment
from study.questions import Figures

EVIDENCE = {"approximation": Experiment("approximation")}


def measure(found: dict) -> Figures:
    return found["approximation"]


def draw(figures: Figures) -> dict[str, Figure]:
    figure, (left, middle, right) = panels(3, width=9.5)
    for axes, activation in ((left, "sigmoid"), (middle, "cube")):
        axes.plot(figures["x"], figures["target"], color="black", lw=3, alpha=0.25, label="target")
        for color, (width, y) in zip(SERIES, figures["fits"][activation].items(), strict=False):
            axes.plot(figures["x"], y, color=color, lw=1.1, label=f"{width} units")
        axes.set(title=f"activation: {activation}", xlabel="x")
        axes.legend()
    for color, (activation, errors) in zip(SERIES, figures["errors"].items(), strict=False):
        right.plot(figures["widths"], errors, "o-", ms=3, color=color, label=activation)
    right.set(xscale="log", yscale="log", xlabel="hidden units", title="largest error on [0, 1]")
    right.legend()
    return {"approximation": figure}


def claims(figures: Figures) -> dict[str, bool]:
    at = {name: dict(zip(figures["widths"], errors, strict=True)) for name, errors in figures["errors"].items()}
    return {
        "a hundred sigmoids are far closer than two": at["sigmoid"][100] < at["sigmoid"][2] / 20,
        "ReLU comes close, too": at["ReLU"][100] < at["ReLU"][2] / 20,
        "cubes stop at three units and a constant": abs(at["cube"][300] / at["cube"][3] - 1) < 0.01
        and at["cube"][300] > 0.1,
    }
