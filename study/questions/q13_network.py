"""Question 13: what the solution's class learns of the digits, and the project's quicker `fit` beside it."""

from matplotlib.figure import Figure

from study import solution
from study.experiment import Experiment
from study.questions import Figures

EVIDENCE = {
    "functions": Experiment("functions", solution.FILES), "pasted": Experiment("pasted", solution.FILES),
}  # fmt: skip


def measure(found: dict) -> Figures:
    return {"fast": found["functions"]["fast"], "pasted": found["pasted"]}


def draw(figures: Figures) -> dict[str, Figure]:
    return {}


def claims(figures: Figures) -> dict[str, bool]:
    return {
        "the class learns the digits": (
            figures["pasted"]["accuracies"][0] > 0.99 and figures["pasted"]["accuracies"][1] > 0.94
        ),
        "the fast loop makes the same updates": figures["fast"]["apart"] < 1e-9,
    }
