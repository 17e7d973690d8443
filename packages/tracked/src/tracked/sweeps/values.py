"""How swept settings and their values are shown."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

FEWEST, MOST = 4, 17  # significant digits: a float has no more


def short(key: str) -> str:
    """learning_rate for train_keras.optimizer.learning_rate."""
    return key.replace("/", ".").split(".")[-1]


def names(keys: Iterable[str]) -> dict[str, str]:
    """The keys with what each is shown by: short, but whole where two would be the same."""
    counts = Counter(map(short, keys := list(keys)))
    return {key: short(key) if counts[short(key)] == 1 else key for key in keys}


def side_by_side(together: Iterable[str]) -> str:
    """What several keys whose values go side by side are shown by."""
    return " | ".join(dict.fromkeys(map(short, together)))


def beside(values: Mapping[str, str], together: Collection[str]) -> dict[str, str]:
    """The values, with those of the keys `together` as one: learning_rate: 0.1, or kernel_initializer: a | b."""
    if not together:
        return dict(values)
    value = " | ".join(dict.fromkeys(values[one] for one in together))
    return {side_by_side(together): value, **{one: values[one] for one in values if one not in together}}


def unquoted(values: Mapping[str, str]) -> dict[str, str]:
    """The values without the quotes that Hydra needs."""
    return {key: value.strip("'\"") for key, value in values.items()}


def only_seeds(keys: Iterable[str]) -> bool:
    """Whether jobs differ in nothing but seeds: none is better than another then."""
    return {short(key.lstrip("+~")) for key in keys} == {"seed"}


def without_seeds(values: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in values.items() if not only_seeds([key])}


def title(values: Mapping[str, str], digits: Mapping[str, int] | None = None) -> str:
    """The name of a job's run: n_hidden=5, learning_rate=0.0443; with as many significant `digits` of a key as it
    takes."""
    known = digits or {}
    return ", ".join(f"{name}={rounded(values[key], known.get(key, FEWEST))}" for key, name in names(values).items())


def rounded(value: str, digits: int = FEWEST) -> str:
    """0.0443 for 0.044303752452182654; short values and whole numbers as they are."""
    whole = value.lstrip("+-").isdecimal()
    return value if whole or len(value) < 8 or math.isnan(number(value)) else f"{number(value):.{digits}g}"


def apart(values: Iterable[str]) -> int:
    """How many significant digits tell the values apart."""
    each = set(values)
    most = len({rounded(value, MOST) for value in each})
    return next(n for n in range(FEWEST, MOST + 1) if len({rounded(value, n) for value in each}) == most)


def number(value: str) -> float:
    """The value as a number, NaN if it is none."""
    try:
        return float(value)
    except ValueError:
        return math.nan
