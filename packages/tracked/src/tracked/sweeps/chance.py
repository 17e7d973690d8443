"""What chance does: metrics of jobs that differ in nothing but the seed, and whether others differ by more."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from tracked.goal import metric
from tracked.messages import number
from tracked.project import project

FEWEST = 3  # seeds for an interval: from two it is 13 times as wide as their difference
LEVEL = 0.05  # the share of sweeps without any real difference in which one is found all the same
ALIKE = 1e-9  # of a value: numbers that differ by less differ by rounding


@dataclass(frozen=True)
class Spread:
    """A metric over seeds: its mean, standard deviation, and the 95 % interval of the mean; NaN from too few seeds."""

    n: int  # seeds that came to a number
    mean: float = math.nan
    deviation: float = math.nan
    low: float = math.nan
    high: float = math.nan


@dataclass(frozen=True)
class Difference:
    """How two samples differ over the seeds that both have."""

    a: str
    b: str
    n: int  # seeds that both have
    mean: float  # of a minus b
    p: float  # corrected for the number of pairs; NaN where the seeds are too few to tell
    pairs: int  # that it was corrected for

    @property
    def beyond_chance(self) -> bool:
        return self.p < LEVEL


def spread(name: str, sample: np.ndarray) -> Spread:
    """What a metric comes to over seeds, by Student's t distribution. The interval ends where the metric's range does,
    as the project's goals have it, unless a value is outside of that."""
    from scipy import stats  # few sweeps are over seeds

    known = sample[np.isfinite(sample)]
    if (n := len(known)) < 2:
        return Spread(n, float(known[0]) if n else math.nan)
    mean, deviation = float(known.mean()), float(known.std(ddof=1))
    if n < FEWEST:
        return Spread(n, mean, deviation)
    half = float(stats.t.ppf(0.975, n - 1)) * deviation / math.sqrt(n)
    goal = project().goal(name)
    low, high = goal.range if goal else (-math.inf, math.inf)
    if known.min() < low or high < known.max():  # it is another metric than its name says: a share in per cent
        low, high = -math.inf, math.inf
    return Spread(n, mean, deviation, max(low, mean - half), min(high, mean + half))


def differences(samples: Mapping[str, np.ndarray], against: str | None = None) -> list[Difference]:
    """How every two of several samples differ, or each from the one named `against`.

    The samples have a value for each of the same seeds, in the same order, NaN where there is none. What a seed does to
    all of them, as by the data that it draws, cancels in the differences: the test is the paired t-test (Student, "The
    probable error of a mean", Biometrika 6, 1908). Each pair has its own variance, as settings that are worse are often
    less steady too. The p are corrected by Holm's step-down method ("A simple sequentially rejective multiple test
    procedure", Scandinavian Journal of Statistics 6, 1979) for all pairs, also where only those with one sample are
    wanted: it may have been chosen by these very values. So where nothing differs, at most one sweep in 20 says so.
    """
    pairs = [(a, b) for a, b in combinations(samples, 2) if against in (None, a, b)]
    of = math.comb(sum(int(np.isfinite(sample).sum()) >= FEWEST for sample in samples.values()), 2)
    found = [_difference(a, b, samples[a], samples[b], of) for a, b in pairs]
    corrected = holm([one.p for one in found], of)
    return [replace(one, p=p) for one, p in zip(found, corrected, strict=True)]


def holm(ps: Sequence[float], of: int) -> list[float]:
    """The p of tests, corrected for `of` of them, of which these may be a part; NaN stays."""
    corrected, largest = list(ps), 0.0
    for rank, i in enumerate(sorted((i for i, p in enumerate(ps) if p == p), key=ps.__getitem__)):
        corrected[i] = largest = max(largest, min(1.0, (of - rank) * ps[i]))
    return corrected


def _difference(a: str, b: str, of_a: np.ndarray, of_b: np.ndarray, of: int) -> Difference:
    both = np.isfinite(of_a) & np.isfinite(of_b)
    of_a, of_b = of_a[both], of_b[both]
    mean = float((of_a - of_b).mean()) if len(of_a) else math.nan
    return Difference(a, b, len(of_a), mean, _p(of_a, of_b) if len(of_a) >= FEWEST else math.nan, of)


def _p(of_a: np.ndarray, of_b: np.ndarray) -> float:
    """That of the paired t-test, uncorrected. Where a seed changes nothing there is no chance to tell from: 1. Where
    all differences are the same, the t-test has no spread to go by, as few digits make it; then the sign test's."""
    from scipy import stats

    rounding = ALIKE * max(np.abs(of_a).max(), np.abs(of_b).max())
    apart = of_a - of_b
    if np.abs(apart).max() <= rounding or max(np.ptp(of_a), np.ptp(of_b)) <= rounding:
        return 1.0
    return 2.0 ** (1 - len(apart)) if np.ptp(apart) <= rounding else float(stats.ttest_rel(of_a, of_b).pvalue)


def summary(samples: Mapping[str, np.ndarray]) -> list[str]:
    """One line per metric with its mean, spread and, from three seeds on, its 95 % interval; for every two metrics one
    line that says whether they differ.

    `samples` are the values of a metric over the same seeds, at least two; the metrics are of one training, as
    "val_rmse", or of several models, as "ridge.test_rmse".
    """
    found = {name: metric(name, project().models) for name in samples}
    by_model = {one.model or one.name: samples[name] for name, one in found.items()}
    told = [_told(one.heading, spread(name, samples[name]), len(samples[name])) for name, one in found.items()]
    return [*told, *map(_compared, differences(by_model))]


def _told(metric: str, own: Spread, of: int) -> str:
    missing = of - own.n
    without = f", {missing} more without a number" if missing else ""
    if own.n < 2:
        return f"{metric}: {own.n} seeds (too few for a mean){without}"
    told = f"{metric}: mean {number(own.mean)}, standard deviation {number(own.deviation)}"
    if own.n < FEWEST:
        return f"{told}, {own.n} seeds (too few for an interval){without}"
    return f"{told}, 95 % interval of the mean {number(own.low)} to {number(own.high)}, {own.n} seeds{without}"


def _compared(one: Difference) -> str:
    names = f"{one.a} minus {one.b}"
    if math.isnan(one.p):
        return f"{names}: {one.n} seeds are too few to tell"
    verdict = "differ" if one.beyond_chance else "do not differ beyond chance"
    return f"{names}: {number(one.mean, '+')}; they {verdict} ({shown_p(one.p)}, {named_test(one.pairs)})"


def shown_p(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


def named_test(pairs: int) -> str:
    """What was done to get the p."""
    return "paired t-test" + (f", Holm-corrected for {pairs} pairs" if pairs > 1 else "")
