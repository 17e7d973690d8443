"""Question 5: one-dimensional fits with ever more hidden units."""

import numpy as np
from matplotlib.figure import Figure

from digitrack.neural_net import sigmoid
from study.drawing import GRAY, LEVELS, SERIES, panels
from study.experiment import Experiment
from study.questions import Figures

EVIDENCE = {"approximation": Experiment("approximation")}
STEEPNESS, BUMPS = 100.0, 20
SHOWN = {"cube": "$z^3$"}


def measure(found: dict) -> Figures:
    return found["approximation"]


def draw(figures: Figures) -> dict[str, Figure]:
    return {"bump": bump(figures), "approximation": approximation(figures)}


def bump(figures: Figures) -> Figure:
    """What two steep sigmoids make, and what many such bumps make."""
    figure, (left, right) = panels(2, width=8, height=2.8)
    x = np.linspace(0, 1, 2001)
    up, down = sigmoid(STEEPNESS * (x - 0.4)), sigmoid(STEEPNESS * (x - 0.6))
    left.plot(x, up - down, color="black", lw=5, alpha=0.35, label="their difference")
    left.plot(x, up, "--", color=LEVELS[0], lw=1.8, label=r"$\sigma(100 (x - 0.4))$")
    left.plot(x, down, ":", color=LEVELS[1], lw=1.8, label=r"$\sigma(100 (x - 0.6))$")
    left.set(xlabel="x", ylabel="output", ylim=(-0.05, 1.45), yticks=(0, 0.5, 1))
    left.legend(loc="upper left", ncols=2)
    edges, height = np.linspace(0, 1, BUMPS + 1), np.interp(x, figures["x"], figures["target"])
    middles = (edges[:-1] + edges[1:]) / 2
    edges[[0, -1]] += -0.02, 0.02  # where the outermost sigmoids have risen before 0, or rise after 1
    steps = sigmoid(10 * STEEPNESS * (x - edges[:, None]))
    bumps = np.interp(middles, x, height)[:, None] * (steps[:-1] - steps[1:])
    right.plot(x, height, color=GRAY, lw=4, alpha=0.5, label="function")
    right.plot(x, bumps.sum(axis=0), color="black", lw=1.2, label=f"sum of {BUMPS} bumps")
    right.set(xlabel="x")
    right.legend()
    return figure


def approximation(figures: Figures) -> Figure:
    figure, (left, middle, right) = panels(3, width=8.5, height=3.0)
    for axes, activation in ((left, "sigmoid"), (middle, "cube")):
        axes.plot(figures["x"], figures["target"], color="black", lw=3, alpha=0.25, label="function")
        for (width, y), color, (style, lw) in zip(
            figures["fits"][activation].items(), LEVELS, (("-", 1.2), ("-", 2.6), ("--", 1.2)), strict=False
        ):
            axes.plot(figures["x"], y, style, color=color, lw=lw, label=f"{width} units")
        axes.set(title=f"activation: {SHOWN.get(activation, activation)}", xlabel="x")
        axes.legend()
    for color, style, (activation, errors) in zip(
        SERIES[5:], ("o-", "s-", "^-"), figures["errors"].items(), strict=False
    ):
        right.plot(figures["widths"], errors, style, ms=4, color=color, label=SHOWN.get(activation, activation))
    right.set(
        xscale="log", yscale="log", xlabel="hidden units", ylabel="largest error on [0, 1]", title="three activations"
    )
    left.set_ylabel("output")
    right.legend()
    return figure


def claims(figures: Figures) -> dict[str, bool]:
    x = np.array(figures["x"])
    at = {name: dict(zip(figures["widths"], errors, strict=True)) for name, errors in figures["errors"].items()}
    return {
        "a hundred sigmoids are far closer than two": at["sigmoid"][100] < at["sigmoid"][2] / 20,
        "ReLU comes close, too": at["ReLU"][100] < at["ReLU"][2] / 20,
        "the function is that of the caption": np.allclose(
            figures["target"], x * np.sin(7 * x) + np.abs(x - 0.35), rtol=0, atol=1e-5
        ),
        "cubes stop at three units and a constant": abs(at["cube"][300] / at["cube"][3] - 1) < 0.01
        and at["cube"][300] > 0.1,
    }
