"""The jobs of a sweep as its pictures show them: values as numbers, labels and colours."""

import math
from collections.abc import Iterable
from typing import Protocol

import numpy as np
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm, Normalize

MOST_NAMED = 10  # jobs with a colour and a name each; more get a colour scale


class Row(Protocol):
    """A job that has finished."""

    values: dict[str, str]  # of the swept keys
    objective: float  # validation loss, not finite if the training diverged
    metrics: dict[str, float]
    curves: dict[str, list[float]]  # by name, a value an epoch


def number(value: str) -> float:
    """The value as a number, NaN if it is none."""
    try:
        return float(value)
    except ValueError:
        return math.nan


def place(value: str) -> float:
    """Where a value sorts: a name stays where it is."""
    return 0 if math.isnan(number(value)) else number(value)


def numbers(rows: Iterable[Row], key: str) -> np.ndarray:
    """The value of `key` in each row, NaN where it is no number."""
    return np.array([number(row.values[key]) for row in rows])


def is_log(values: np.ndarray) -> bool:
    """Whether values belong on a logarithmic axis."""
    return bool((values > 0).all() and len(values) > 2 and values.max() / values.min() >= 50)


def short(key: str) -> str:
    """learning_rate for train_keras.optimizer.learning_rate."""
    return key.replace("/", ".").split(".")[-1]


def label(row: Row) -> str:
    """The job's values, 0.0443 for 0.044303752452182654."""
    long = {value for value in row.values.values() if len(value) >= 8 and not math.isnan(number(value))}
    return ", ".join(f"{number(value):.4g}" if value in long else value for value in row.values.values())


def diverged(rows: Iterable[Row]) -> np.ndarray:
    """Whether each job's training diverged: booleans."""
    return np.array([not math.isfinite(row.objective) for row in rows])


def colors(rows: list[Row], key: str) -> tuple[list, ScalarMappable | None]:
    """A colour a job; with the scale of `key` that explains them when there are too many to name."""
    if len(rows) <= MOST_NAMED:
        return [colormaps["viridis"](0.9 * i / max(1, len(rows) - 1)) for i in range(len(rows))], None
    values = numbers(rows, key)
    if np.isnan(values).any():
        values = np.arange(len(rows), dtype=float)
    norm = (LogNorm if is_log(values) else Normalize)(values.min(), values.max())
    scale = ScalarMappable(norm, "viridis")
    return [scale.to_rgba(value) for value in values], scale
