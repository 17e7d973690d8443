"""The questions, a module each.

A module has EVIDENCE, what it rests on, by name; `measure` makes the figures that docs/study/ keeps from what the
evidence found; `draw` makes the pictures from the figures; `claims` says of each claim on the page whether the figures
bear it out, with a margin that another processor, or other seeds, should not use up.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Protocol

from matplotlib.figure import Figure

from study.evidence import Evidence

Figures = dict[str, Any]
NAMES = (
    "start", "q01_scaling", "q02_one_hot", "q04_width", "q05_approximation", "q06_rate", "q07_optimizers",
    "q08_initial_weights", "q09_generalisation", "q11_functions", "q12_gradient", "q13_network",
    "q14_both",
)  # fmt: skip


class Question(Protocol):
    """What a module of this package has."""

    EVIDENCE: Mapping[str, Evidence]
    measure: Callable[[dict[str, Any]], Figures]
    draw: Callable[[Figures], dict[str, Figure]]
    claims: Callable[[Figures], dict[str, bool]]


def question(name: str) -> Any:
    """The module of a question."""
    return import_module(f"study.questions.{name}")
