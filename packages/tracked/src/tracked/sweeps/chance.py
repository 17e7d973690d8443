"""What chance does: figures of jobs that differ in nothing but the seed."""

import math
from collections.abc import Mapping
from itertools import combinations

import numpy as np

from tracked.messages import number
from tracked.project import project

FEWEST = 3  # seeds for an interval: from two it is 13 times as wide as their difference


def summary(samples: Mapping[str, np.ndarray]) -> list[str]:
    """A line a figure with its mean, spread and, from three seeds on, its 95 % interval; for every two figures a line
    that says whether they differ.

    `samples` are the values of a metric over the same seeds, at least two; the metrics are of one training, as
    "val_rmse", or of several models, as "ridge.test_rmse".
    """
    lines = [_spread(figure, sample) for figure, sample in samples.items()]
    return lines + [_difference(a, b, samples[a], samples[b]) for a, b in combinations(samples, 2)]


def _spread(figure: str, sample: np.ndarray) -> str:
    from scipy import stats  # few sweeps are over seeds

    known = sample[np.isfinite(sample)]
    n, missing = len(known), len(sample) - len(known)
    without = f", {missing} more without a number" if missing else ""
    if n < 2:
        return f"{figure}: {n} seeds (too few for a mean){without}"
    mean, deviation = known.mean(), known.std(ddof=1)
    told = f"{figure}: mean {number(mean)}, standard deviation {number(deviation)}"
    if n < FEWEST:
        return f"{told}, {n} seeds (too few for an interval){without}"
    half = stats.t.ppf(0.975, n - 1) * deviation / math.sqrt(n)
    goal = project().goal(figure)
    low, high = goal.range if goal else (-math.inf, math.inf)
    if known.min() < low or high < known.max():  # it is another figure than its name says: a share in per cent
        low, high = -math.inf, math.inf
    interval = f"95 % interval of the mean {number(max(low, mean - half))} to {number(min(high, mean + half))}"
    return f"{told}, {interval}, {n} seeds{without}"


def _difference(a: str, b: str, of_a: np.ndarray, of_b: np.ndarray) -> str:
    """Paired: both models had the same seeds, so the same data."""
    from scipy import stats

    names = f"{a.partition('.')[0]} minus {b.partition('.')[0]}"
    both = np.isfinite(of_a) & np.isfinite(of_b)
    of_a, of_b = of_a[both], of_b[both]
    if len(of_a) < FEWEST:
        return f"{names}: {len(of_a)} seeds are too few to tell"
    p = 1.0 if (of_a == of_b).all() else float(stats.ttest_rel(of_a, of_b).pvalue)
    verdict = "differ" if p < 0.05 else "do not differ beyond chance"
    return f"{names}: {number((of_a - of_b).mean(), '+')}; they {verdict} (paired t-test, p = {p:.2f})"
