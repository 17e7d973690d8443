"""Settings that several seeds repeat: each by its mean, and which differ beyond chance."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tracked.goal import Goal
from tracked.messages import number
from tracked.sweeps import chance, comparison
from tracked.sweeps.chance import FEWEST, Difference, Spread, named_test, shown_p
from tracked.sweeps.comparison import BOUNDS
from tracked.sweeps.job import Job
from tracked.sweeps.values import names, only_seeds, rounded, title, without_seeds

MOST = 3  # metrics that a terminal has room for
FEW = 4  # settings of which every two are compared in words
NAMED = 10  # settings in a sentence


@dataclass
class Setting:
    """Jobs that differ in nothing but the seed."""

    title: str
    values: dict[str, str]  # of the swept keys but the seed, as they are shown
    jobs: list[Job]
    cost: np.ndarray  # what is to be small, for each seed of the sweep; NaN where there is none
    n_seeds: int  # of the sweep
    spreads: dict[str, Spread]  # by metric, of the trainings that did not diverge

    @property
    def n_diverged(self) -> int:
        return sum(job.diverged for job in self.jobs)

    @property
    def seeds(self) -> str:
        """How many seeds the means are of: "5", or "3 of 5, 1 diverged"."""
        n, diverged = len(self.jobs) - self.n_diverged, self.n_diverged
        told = f"{n}" if n == self.n_seeds else f"{n} of {self.n_seeds}"
        return told + (f", {diverged} diverged" if diverged else "")


@dataclass
class Repeats:
    """The settings of a sweep over seeds and other keys."""

    settings: list[Setting]
    metrics: list[str]  # the goal's first
    goal: Goal | None
    headings: dict[str, str]  # of the metrics
    digits: dict[str, int]  # that tell the values of a key apart
    best: Setting | None  # in the mean of its seeds; none if each has a training that diverged
    differences: list[Difference]  # in what is to be small: between every two, or of many between each and the best

    def against_best(self, one: Setting) -> Difference | None:
        ends = {one.title, self.best.title if self.best else ""}
        return next((found for found in self.differences if {found.a, found.b} == ends), None)


def of(jobs: Sequence[Job], goal: Goal | None) -> Repeats | None:
    """The settings that seeds repeat; None where no seed was swept beside other keys, or none made another run."""
    groups = comparison.groups(jobs)
    if only_seeds(jobs[0].given) or not any(len(group) > 1 for group in groups):
        return None
    digits = comparison.digits(jobs)
    seeds = list(dict.fromkeys(map(_seed, jobs)))
    known = [name for name in comparison.metrics(jobs) if not name.endswith(BOUNDS)]
    metrics = sorted(known, key=lambda name: goal is None or name != goal.name)
    settings = [_setting(group, seeds, metrics, title(without_seeds(group[0].values), digits)) for group in groups]
    best = comparison.best(jobs)
    chosen = next((one for one in settings if best and one.jobs[0] is best[0]), None)
    samples = {one.title: one.cost for one in settings}
    against = None if len(samples) <= FEW or chosen is None else chosen.title
    return Repeats(
        settings,
        metrics,
        goal,
        comparison.headings(jobs),
        digits,
        chosen,
        chance.differences(samples, against) if chosen else [],
    )


def _seed(job: Job) -> tuple[str, ...]:
    return tuple(value for key, value in job.given.items() if only_seeds([key]))


def _setting(group: list[Job], seeds: list[tuple[str, ...]], metrics: list[str], shown: str) -> Setting:
    by_seed = {_seed(job): job.objective for job in group}
    cost = np.array([by_seed.get(seed, math.nan) for seed in seeds])
    sound = [job for job in group if not job.diverged]
    spreads = {
        name: chance.spread(name, np.array([job.metrics.get(name, math.nan) for job in sound])) for name in metrics
    }
    return Setting(shown, without_seeds(group[0].values), group, cost, len(seeds), spreads)


def table(found: Repeats) -> dict[str, list[Any]]:
    """Columns: the swept values, how many seeds, of every metric the mean with its spread, and what the comparison with
    the best says."""
    shown = names(found.settings[0].values)
    against = [found.against_best(one) for one in found.settings]
    columns: dict[str, list[Any]] = {
        name: [one.values[key] for one in found.settings] for key, name in shown.items()
    } | {
        "seeds": [len(one.jobs) - one.n_diverged for one in found.settings],
        "diverged": [one.n_diverged for one in found.settings],
        "best": [one is found.best for one in found.settings],
        "p_against_best": [one.p if one else math.nan for one in against],
        "seeds_in_common": [one.n if one else 0 for one in against],
    }
    for metric in found.metrics:
        spreads = [one.spreads[metric] for one in found.settings]
        columns[f"{metric}_mean"] = [one.mean for one in spreads]
        columns[f"{metric}_sd"] = [one.deviation for one in spreads]
        columns[f"{metric}_ci_low"] = [one.low for one in spreads]
        columns[f"{metric}_ci_high"] = [one.high for one in spreads]
    return columns


def cells(found: Repeats, most: int | None = None) -> list[list[str]]:
    """The table for people: a header, then a row for each setting, of the first metrics if there are more than `most`,
    with an interval of the goal's alone."""
    metrics = found.metrics[:most]
    shown = names(found.settings[0].values)
    heads = [f"{found.headings[metric]}, mean ± sd" for metric in metrics]
    interval = bool(found.goal and metrics and metrics[0] == found.goal.name)
    rows = [[*shown.values(), "seeds", *heads[:1], *(["95 % interval of the mean"] if interval else []), *heads[1:]]]
    for one in found.settings:
        told = [_mean(one.spreads[metric]) for metric in metrics]
        bounds = [_interval(one.spreads[metrics[0]])] if interval else []
        values = [rounded(one.values[key], found.digits[key]) for key in shown]
        rows.append([*values, one.seeds, *told[:1], *bounds, *told[1:]])
    return rows


def _mean(one: Spread) -> str:
    if one.n == 0:
        return "-"
    return number(one.mean) + (f" ± {number(one.deviation)}" if one.n > 1 else "")


def _interval(one: Spread) -> str:
    return "-" if math.isnan(one.low) else f"{number(one.low)} to {number(one.high)}"


def text(found: Repeats, most: int = 20) -> str:
    """The table for a terminal, of many settings the best; and in words what differs."""
    head, *rows = cells(found, MOST)
    if len(rows) > most:
        order = np.argsort([comparison.mean_objective(one.jobs) for one in found.settings], kind="stable")
        rows = [rows[i] for i in order[:most]]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = ["  ".join(f"{cell:>{n}}" for cell, n in zip(row, widths, strict=True)) for row in (head, *rows)]
    if len(found.settings) > most:
        lines.append(f"... the best {most} of {len(found.settings)}")
    if (more := len(found.metrics) - MOST) > 0:
        lines.append(f"{more} more metrics in settings.csv")
    return "\n".join([*lines, *verdict(found)])


def verdict(found: Repeats) -> list[str]:
    """In words, which settings differ beyond chance."""
    best, goal = found.best, found.goal
    if goal is None or len(found.settings) == 1:
        return []
    if best is None:
        return [f"no settings have a finite {goal.name} with each of their seeds"]
    told = [one for one in found.differences if not math.isnan(one.p)]
    if not told:
        return [f"too few seeds to tell which settings differ: it takes {FEWEST} that two have in common"]
    n_seeds = {one.n for one in told}
    beaten: dict[str, list[str]] = {best.title: []}
    alike = []
    for one in told:
        winner, loser = (one.a, one.b) if one.mean < 0 else (one.b, one.a)
        shown = f"({shown_p(one.p)})" if len(n_seeds) == 1 else f"({shown_p(one.p)}, {one.n} seeds)"
        if one.beyond_chance:
            beaten.setdefault(winner, []).append(f"{loser} {shown}")
        elif best.title in (one.a, one.b):
            alike.append(f"{one.b if one.a == best.title else one.a} {shown}")
    with_best = [(one, found.against_best(one)) for one in found.settings]
    unknown = [one.title for one, difference in with_best if difference and math.isnan(difference.p)]
    lines = [f"{winner} beats beyond chance: {_listed(losers)}" for winner, losers in beaten.items() if losers]
    lines += [f"not distinguishable from the best, {best.title}: {_listed(alike)}"] if alike else []
    lines += [f"too few seeds in common to tell: {_listed(unknown)}"] if unknown else []
    seeds = f"over the same {max(n_seeds)} seeds" if len(n_seeds) == 1 else "over the seeds that both have"
    metric = found.headings.get(goal.name, goal.name)
    return [*lines, f"by {metric}: {named_test(told[0].pairs)}, {seeds}"]


def _listed(names: Sequence[str]) -> str:
    more = [f"and {len(names) - NAMED} more"] if len(names) > NAMED else []
    return "; ".join([*names[:NAMED], *more])
