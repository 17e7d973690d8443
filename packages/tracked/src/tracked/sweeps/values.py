"""How swept settings and their values are shown."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping


def short(key: str) -> str:
    """learning_rate for train_keras.optimizer.learning_rate."""
    return key.replace("/", ".").split(".")[-1]


def names(keys: Iterable[str]) -> dict[str, str]:
    """The keys with what each is shown by: short, but whole where two would be the same."""
    counts = Counter(map(short, keys := list(keys)))
    return {key: short(key) if counts[short(key)] == 1 else key for key in keys}


def beside(values: Mapping[str, str], together: Collection[str]) -> dict[str, str]:
    """The values, with those of the keys `together` as one: learning_rate: 0.1, or kernel_initializer: a | b."""
    if not together:
        return dict(values)
    key = " | ".join(dict.fromkeys(map(short, together)))
    value = " | ".join(dict.fromkeys(values[one] for one in together))
    return {key: value, **{one: values[one] for one in values if one not in together}}


def title(values: Mapping[str, str]) -> str:
    """The name of a job's run: n_hidden=5, learning_rate=0.0443."""
    return ", ".join(f"{name}={rounded(values[key])}" for key, name in names(values).items())


def rounded(value: str) -> str:
    """0.0443 for 0.044303752452182654; short values and whole numbers as they are."""
    whole = value.lstrip("+-").isdecimal()
    return value if whole or len(value) < 8 or math.isnan(number(value)) else f"{number(value):.4g}"


def number(value: str) -> float:
    """The value as a number, NaN if it is none."""
    try:
        return float(value)
    except ValueError:
        return math.nan
