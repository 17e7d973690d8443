"""Means over seeds and how far chance may have moved them."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from scipy import stats


def summary(values: Sequence[float]) -> dict[str, Any]:
    """Mean, extremes and the mean's 95 % interval (Student's t) of values that are finite; all at six digits."""
    x = np.asarray(values, float)
    half = stats.t.ppf(0.975, len(x) - 1) * x.std(ddof=1) / len(x) ** 0.5 if len(x) > 1 else 0.0
    figures = {"mean": x.mean(), "low": x.mean() - half, "high": x.mean() + half, "min": x.min(), "max": x.max()}
    return {name: float(f"{value:.6g}") for name, value in figures.items()} | {"n": len(x)}


def grouped(table: dict[str, Any], by: str, figure: str, **where: Any) -> dict[str, dict[str, Any]]:
    """The summary of a figure over the rows of a sweep's table that have the values `where`, for each value of `by`."""
    groups: dict[str, list[float]] = {}
    for i, value in enumerate(table[by]):
        if all(table[key][i] == wanted for key, wanted in where.items()):
            groups.setdefault(str(value), []).append(table[figure][i])
    return {value: summary(found) for value, found in groups.items()}


def rises(curve: Sequence[float]) -> int:
    """In how many epochs the curve is higher than in the one before."""
    return sum(after > before for before, after in pairwise(curve))


def mean_curve(table: dict[str, Any], figure: str, **where: Any) -> list[float]:
    """The mean, epoch by epoch, over the rows that have the values `where`; to the shortest's end."""
    rows = range(len(table[f"{figure} by epoch"]))
    chosen = [
        table[f"{figure} by epoch"][i] for i in rows if all(table[key][i] == value for key, value in where.items())
    ]
    length = min(map(len, chosen))
    return [float(f"{value:.6g}") for value in np.mean([curve[:length] for curve in chosen], axis=0)]
