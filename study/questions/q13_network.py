"""Question 13: what the solution's class gives for a toy problem, and the project's quicker `fit` beside it."""

from matplotlib.figure import Figure

from study import solution
from study.experiment import Experiment
from study.questions import Figures

EVIDENCE = {"functions": Experiment("functions", solution.FILES)}


def measure(found: dict) -> Figures:
    return {name: found["functions"][name] for name in ("network", "fast")}


def draw(figures: Figures) -> dict[str, Figure]:
    return {}


def claims(figures: Figures) -> dict[str, bool]:
    printed = dict(figures["network"])
    return {
        "the toy classes are learned": printed["net.predict(x[1]), net.predict(x)"].endswith("array([0, 1, 0, 1]))"),
        "the fast loop makes the same updates": figures["fast"]["apart"] < 1e-9,
    }
