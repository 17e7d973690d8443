"""What a project's models are chosen by."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tracked.errors import UserError

DATA = ("train", "training", "val", "valid", "validation", "test")  # what a metric's name begins with, before a "_"


@dataclass(frozen=True)
class Goal:
    """A metric to be made as large or as small as possible: Goal("val_rmse", "min", (0, math.inf))."""

    name: str  # as stages report it
    direction: Literal["min", "max"]
    range: tuple[float, float] = (-math.inf, math.inf)  # the least and the greatest that it can be

    def __post_init__(self) -> None:
        """Raises UserError for another direction."""
        if self.direction not in ("min", "max"):
            raise UserError(f'Goal("{self.name}", {self.direction!r}): the direction must be "min" or "max"')

    def cost(self, metrics: Mapping[str, float]) -> float:
        """What is to be small: infinite where the metric is absent or no number."""
        value = metrics.get(self.name, math.nan)
        return math.inf if math.isnan(value) else value if self.direction == "min" else -value


def best(found: Mapping[str, Mapping[str, float]], goals: Sequence[Goal]) -> str | None:
    """The one whose metrics are best: by the first goal, of equals by the next, and so on; of equals the first.

    One with NaN or infinity in any of them has diverged, and is never the best, nor is one without the first goal's
    metric. None when there is none.
    """
    told = {name: [metrics[goal.name] for goal in goals if goal.name in metrics] for name, metrics in found.items()}
    known = [name for name in found if goals and goals[0].name in found[name] and all(map(math.isfinite, told[name]))]
    return min(known, key=lambda name: [goal.cost(found[name]) for goal in goals], default=None)


@dataclass(frozen=True)
class Metric:
    """What a name among a run's metrics stands for: a metric of one of several models, "ridge.test_rmse", or of what
    ran."""

    name: str  # as the stage reports it
    model: str = ""

    @property
    def heading(self) -> str:
        return f"{self.model} {self.name}".lstrip()


def metric(key: str, models: Iterable[str]) -> Metric:
    """The metric that a key among a run's metrics stands for. What stands before a dot counts if it is one of the
    `models`: a stage may report "f1.macro"."""
    model = max((one for one in models if key.startswith(f"{one}.")), key=len, default="")
    return Metric(key.removeprefix(f"{model}.") if model else key, model)


def first(metrics: Iterable[str], goals: Sequence[Goal], models: Collection[str] = ()) -> list[str]:
    """The metrics with those of the goals first, then what measures the same on other data or of one of several
    `models`, both in the order of the goals; the rest as they come."""
    names, kinds = [goal.name for goal in goals], [quantity(goal.name) for goal in goals]

    def place(known: list[str], name: str) -> int:
        return known.index(name) if name in known else len(known)

    return sorted(metrics, key=lambda key: (place(names, key), place(kinds, quantity(key, models))))


def quantity(key: str, models: Iterable[str] = ()) -> str:
    """What a metric measures, on whichever data and of whichever model: "rmse" of "val_rmse" and "ridge.test_rmse"."""
    name = metric(key, models).name
    data, _, rest = name.partition("_")
    return rest if data in DATA and rest else name
