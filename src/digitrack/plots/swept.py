"""Group the jobs of a sweep for its pictures: each setting with its repeats, and their means and intervals."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Protocol

import numpy as np

CROSS = "\N{MULTIPLICATION SIGN}"  # marks a training that diverged
FEWEST = 3  # seeds for a t-interval: with two it is 13 times as wide as their difference
INFINITE = 1e300  # MLflow stores an infinite metric as 1.8e308
MOST_PARTS = 12  # with a map each


class Row(Protocol):
    """A finished job."""

    values: dict[str, str]  # of the swept keys
    objective: float  # the smallest for the best job; not finite if the training diverged
    metrics: dict[str, float]
    curves: dict[str, list[float]]  # by name, one value per epoch


@dataclass
class Setting:
    """The jobs that differ only in the seed."""

    values: dict[str, str]  # of the swept keys, without seeds
    rows: list[Row]

    @property
    def objective(self) -> float:
        return float(np.mean([row.objective for row in self.rows]))

    @property
    def diverged(self) -> bool:
        """Whether a training diverged. Then no mean is shown: that of the others would flatter the setting."""
        return not all(math.isfinite(row.objective) for row in self.rows)

    def final(self, metric: str) -> np.ndarray:
        """Return the mean over the seeds, and the ends of its interval: (3,); NaN if a training diverged."""
        if self.diverged:
            return np.full(3, math.nan)
        return np.array(interval(np.array([row.metrics.get(metric, math.nan) for row in self.rows]), metric))

    def curve(self, metric: str) -> np.ndarray:
        """Return the same for every epoch that all seeds have reached: (3, epochs)."""
        curves = [row.curves[metric] for row in self.rows if row.curves.get(metric)]
        epochs = min(map(len, curves), default=0)
        values = np.array([curve[:epochs] for curve in curves]).reshape(len(curves), epochs)
        return np.array(interval(values, metric))


def is_seed(key: str) -> bool:
    return short(key) == "seed"


def settings(rows: Iterable[Row]) -> list[Setting]:
    """Group jobs by their settings, in order: numbers by size, names as they come."""
    found: dict[tuple[tuple[str, str], ...], Setting] = {}
    for row in sorted(rows, key=lambda row: [place(value) for value in row.values.values()]):
        values = {key: value for key, value in row.values.items() if not is_seed(key)}
        found.setdefault(tuple(values.items()), Setting(values, [])).rows.append(row)
    return list(found.values())


def best(of: Iterable[Setting]) -> Setting | None:
    """Return the setting with the smallest finite mean of the objective, None if there is none."""
    finite = [setting for setting in of if math.isfinite(setting.objective)]
    return min(finite, key=lambda setting: setting.objective, default=None)


def varied(of: Sequence[Setting]) -> list[str]:
    """Return the keys in which settings differ: those with numbers first, then by how many values they have."""
    values = {key: {setting.values[key] for setting in of} for key in of[0].values}
    keys = [key for key in values if len(values[key]) > 1]
    return sorted(keys, key=lambda key: (any(math.isnan(number(value)) for value in values[key]), -len(values[key])))


def is_grid(of: Sequence[Setting], keys: Sequence[str]) -> bool:
    """Whether at least half of all combinations of values are there, and all keys but the first two have few values.

    Otherwise the jobs are at scattered places, as a search chooses them.
    """
    counts = [len({setting.values[key] for setting in of}) for key in keys]
    return 2 * len(of) >= math.prod(counts) and math.prod(counts[2:]) <= MOST_PARTS


def parts(of: Sequence[Setting], keys: Sequence[str]) -> list[tuple[str, list[Setting]]]:
    """Group the settings that share the values of `keys`, under titles with these values; those of the first key vary
    fastest."""
    shown = names(of[0].values)
    ordered = [in_order(setting.values[key] for setting in of) for key in reversed(keys)]
    found = []
    for values in product(*ordered):
        own = dict(zip(reversed(keys), values, strict=True))
        some = [setting for setting in of if own.items() <= setting.values.items()]
        if some:
            found.append(("\n".join(f"{shown[key]} = {text(own[key])}" for key in keys), some))
    return found


def interval(values: np.ndarray, metric: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the mean over seeds (seeds, ...), and the ends of its 95 % interval by Student's t.

    With two seeds, the ends are the smaller and the larger value; with one, NaN. The interval stays in the metric's
    range: an accuracy is at most 1.
    """
    n, values = len(values), np.where(values < INFINITE, values, math.nan)
    if n < 2:
        mean = values[0] if n else np.full(values.shape[1:], math.nan)
        return mean, np.full_like(mean, math.nan), np.full_like(mean, math.nan)
    mean = values.mean(axis=0)
    if n < FEWEST:
        return mean, values.min(axis=0), values.max(axis=0)
    from scipy import stats  # few sweeps have repeats

    half = stats.t.ppf(0.975, n - 1) * stats.sem(values)
    return mean, np.maximum(mean - half, 0), np.minimum(mean + half, 1 if metric.endswith("accuracy") else math.inf)


def notes(of: Sequence[Setting], of_map: bool = False) -> list[str]:
    """Return what a picture, or a map, says about repeats and about trainings that diverged."""
    counts, lines = sorted({len(setting.rows) for setting in of}), []
    if counts[-1] > 1:
        seeds = " to ".join(map(str, dict.fromkeys((counts[0], counts[-1]))))
        of_many = ["95 % t-interval of the mean"] if counts[-1] >= FEWEST else []
        of_two = ["with two seeds, from the smaller to the larger value"] if 2 in counts else []
        lines.append(f"mean of {seeds} seeds" + ("" if of_map else f"; bars and bands: {', '.join(of_many + of_two)}"))
    if any(setting.diverged for setting in of):
        lines.append(f"{CROSS}{'' if of_map else ' and dotted'}: diverged")
    return lines


def number(value: str) -> float:
    """Return the value as a finite number, or NaN."""
    try:
        return float(value) if math.isfinite(float(value)) else math.nan
    except ValueError:
        return math.nan


def place(value: str) -> float:
    """Return the sort key of a value: names keep their order."""
    return 0 if math.isnan(number(value)) else number(value)


def in_order(values: Iterable[str]) -> list[str]:
    """Return each value once: numbers by size, names as they come."""
    return sorted(dict.fromkeys(values), key=place)


def short(key: str) -> str:
    """Shorten train_keras.optimizer.learning_rate to learning_rate."""
    return key.lstrip("+~").replace("/", ".").split(".")[-1]


def names(keys: Iterable[str]) -> dict[str, str]:
    """Return the label of each key: short, or whole if two would be the same."""
    counts = Counter(map(short, keys := list(keys)))
    return {key: short(key) if counts[short(key)] == 1 else key for key in keys}


def text(value: str, most: int = 40) -> str:
    """Shorten a value for pictures: 0.044303752452182654 to 0.0443, a name above `most` letters by its middle."""
    if len(value) >= 8 and not value.lstrip("+-").isdecimal() and not math.isnan(number(value)):
        return f"{number(value):.4g}"
    half = most // 2
    return (value if len(value) <= most else f"{value[: half - 1]}…{value[-half:]}").replace("$", r"\$")
