"""Questions 11 and 13: what the functions and the network give for toy examples."""

from matplotlib.figure import Figure

from study.experiment import Experiment
from study.questions import Figures

EVIDENCE = {"functions": Experiment("functions")}


def measure(found: dict) -> Figures:
    return found["functions"]


def draw(figures: Figures) -> dict[str, Figure]:
    return {}


def claims(figures: Figures) -> dict[str, bool]:
    printed = {line: text for lines in figures.values() for line, text in lines}
    return {
        "no example is NaN": not any("nan" in text for text in printed.values()),
        "the toy classes are learned": printed["net.predict(x[1]), net.predict(x)"] == "(1, array([0, 1, 0, 1]))",
    }
