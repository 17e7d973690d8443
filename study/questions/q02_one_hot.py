"""Question 2: targets as one-hot rows."""

from matplotlib.figure import Figure

from study.experiment import Experiment
from study.questions import Figures

EVIDENCE = {"one_hot": Experiment("one_hot")}


def measure(found: dict) -> Figures:
    return found["one_hot"]


def draw(figures: Figures) -> dict[str, Figure]:
    return {}


def claims(figures: Figures) -> dict[str, bool]:
    return {"both losses are the same": figures["difference"] < 1e-5}
