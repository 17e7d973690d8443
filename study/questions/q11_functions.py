"""Question 11: what the solution's functions give for toy examples."""

from matplotlib.figure import Figure

from study import solution
from study.experiment import Experiment
from study.questions import Figures

EVIDENCE = {"functions": Experiment("functions", solution.FILES)}


def measure(found: dict) -> Figures:
    return {"functions": found["functions"]["functions"]}


def draw(figures: Figures) -> dict[str, Figure]:
    return {}


def claims(figures: Figures) -> dict[str, bool]:
    printed = [text for _, text in figures["functions"]]
    return {
        "no example is NaN": not any("nan" in text for text in printed),
        "epsilon cuts a loss off at 23 and makes that of a sure answer negative": (
            "(23.0" in printed[-2] and "(-1.0" in printed[-1]
        ),
    }
