"""How swept settings and their values are shown."""

import math
from collections.abc import Mapping


def short(key: str) -> str:
    """learning_rate for train_keras.optimizer.learning_rate."""
    return key.replace("/", ".").split(".")[-1]


def title(values: Mapping[str, str]) -> str:
    """The name of a job's run: n_hidden=5, learning_rate=0.0443."""
    return ", ".join(f"{short(key)}={rounded(value)}" for key, value in values.items())


def rounded(value: str) -> str:
    """0.0443 for 0.044303752452182654, and short values as they are."""
    return value if len(value) < 8 or math.isnan(number(value)) else f"{number(value):.4g}"


def number(value: str) -> float:
    """The value as a number, NaN if it is none."""
    try:
        return float(value)
    except ValueError:
        return math.nan
