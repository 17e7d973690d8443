"""What chance does: figures of jobs that differ in nothing but the seed."""

import math
from collections.abc import Mapping
from itertools import combinations

import numpy as np

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

    n = len(sample)
    mean, deviation = sample.mean(), sample.std(ddof=1)
    told = f"{figure}: mean {mean:.4f}, standard deviation {deviation:.4f}"
    if n < FEWEST:
        return f"{told}, {n} seeds (too few for an interval)"
    half = stats.t.ppf(0.975, n - 1) * deviation / math.sqrt(n)
    goal = project().goal(figure)
    low, high = goal.range if goal else (-math.inf, math.inf)
    interval = f"95 % interval of the mean {max(low, mean - half):.4f} to {min(high, mean + half):.4f}"
    return f"{told}, {interval}, {n} seeds"


def _difference(a: str, b: str, of_a: np.ndarray, of_b: np.ndarray) -> str:
    """Paired: both models had the same seeds, so the same data."""
    from scipy import stats

    p = 1.0 if (of_a == of_b).all() else float(stats.ttest_rel(of_a, of_b).pvalue)
    verdict = "differ" if p < 0.05 else "do not differ beyond chance"
    names = f"{a.partition('.')[0]} minus {b.partition('.')[0]}"
    return f"{names}: {(of_a - of_b).mean():+.4f}; they {verdict} (paired t-test, p = {p:.2f})"
