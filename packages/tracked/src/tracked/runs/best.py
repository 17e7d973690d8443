"""Which of several is the best on validation data."""

import math
from collections.abc import Mapping

from tracked.project import project


def best(figures: Mapping[str, Mapping[str, float]]) -> str | None:
    """The one whose first figure of `project().best` is the highest; of equals, whose second is the lowest.

    One with NaN or infinity in either has diverged, and is never the best; where a figure is missing, others come
    first. None when there is none.
    """
    highest, lowest = project().best

    def rank(name: str) -> tuple[float, float]:
        return figures[name].get(highest, -math.inf), -figures[name].get(lowest, math.inf)

    told = {name: [found[key] for key in project().best if key in found] for name, found in figures.items()}
    known = [name for name, values in told.items() if values and all(map(math.isfinite, values))]
    return max(known, key=rank, default=None)
