"""Which of several is the best on validation data."""

import math
from collections.abc import Mapping

from tracked.project import project


def best(figures: Mapping[str, Mapping[str, float]]) -> str | None:
    """The one whose first figure of `project().best` is the highest; of equals, whose second is the lowest.

    NaN, or no figure at all, is worst; None when none of them has a figure.
    """
    highest, lowest = project().best

    def rank(name: str) -> tuple[float, float]:
        high, low = (figures[name].get(figure, math.nan) for figure in (highest, lowest))
        return -math.inf if math.isnan(high) else high, -math.inf if math.isnan(low) else -low

    known = [name for name in figures if rank(name) != (-math.inf, -math.inf)]
    return max(known, key=rank, default=None)
