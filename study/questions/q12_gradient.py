"""Question 12: the gradient check as a figure."""

import numpy as np
from matplotlib.figure import Figure

from study.drawing import GRAY, SERIES, panels
from study.experiment import Experiment
from study.questions import Figures

EVIDENCE = {"check": Experiment("gradient_check")}


def measure(found: dict) -> Figures:
    figures = found["check"]
    best = {kind: {name: min(errors) for name, errors in arrays.items()} for kind, arrays in figures["errors"].items()}
    at = {
        kind: figures["steps"][int(np.argmin(np.max(list(arrays.values()), axis=0)))]
        for kind, arrays in figures["errors"].items()
    }
    return {**figures, "best": best, "best_step": at}


def draw(figures: Figures) -> dict[str, Figure]:
    figure, axes = panels(2, height=3.3, sharey=True)
    for ax, (kind, arrays) in zip(axes, figures["errors"].items(), strict=True):
        for color, (name, errors) in zip(SERIES[2:], arrays.items(), strict=False):
            ax.plot(figures["steps"], errors, "o-", ms=3, color=color, label=f"${name}$")
        ax.set(xscale="log", yscale="log", xlabel="step $s$", title=kind)
    axes[0].plot(figures["steps"], figures["wrong"], "--", color=GRAY, label="$W_h$, dsigmoid of $h$")
    axes[0].set_ylabel("relative error")
    axes[0].legend(ncols=2, fontsize=8)
    return {"gradient_check": figure}


def claims(figures: Figures) -> dict[str, bool]:
    double, single = figures["errors"]["float64"], figures["errors"]["float32"]
    steps = figures["steps"]
    large = {name: errors[steps.index(0.1)] / errors[steps.index(0.01)] for name, errors in double.items()}
    wrong = np.array(figures["wrong"])
    return {
        "a wrong gradient shows a flat line": bool((wrong > 0.03).all() and np.ptp(wrong) < 0.1 * wrong.mean()),
        "the gradient is right to nine digits": max(map(min, double.values())) < 1e-8,
        "all arrays are this close at the same step": all(
            max(errors[steps.index(figures["best_step"][kind])] for errors in arrays.values())
            == max(figures["best"][kind].values())
            for kind, arrays in figures["errors"].items()
        ),
        "in float32 the smallest steps change no loss": all(
            len({error for step, error in zip(steps, errors, strict=True) if step <= 1e-8}) == 1
            for errors in single.values()
        )
        and single["b_o"][0] == 1,  # the quotient is 0, so the difference is the gradient
        "large steps err by the square": all(50 < ratio < 200 for ratio in large.values()),
        "tiny steps err by rounding": all(errors[0] > 1e4 * min(errors) for errors in double.values()),
        "float32 has a V of its own, higher up": min(map(min, single.values())) > 1e3 * max(map(min, double.values())),
    }
