"""What the jobs of a sweep come to, side by side: a table, for the terminal and as a file."""

import csv
import math
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from tracked.goal import first, metric, quantity
from tracked.messages import number
from tracked.project import project
from tracked.sweeps import chance
from tracked.sweeps.job import Job
from tracked.sweeps.values import apart, names, only_seeds, rounded, without_seeds

MOST = 6  # metrics that are shown, where the terminal has room for them
BOUNDS = ("_low", "_high")  # of an interval


def metrics(jobs: Sequence[Job]) -> list[str]:
    """Every metric that a job has, those of the project's goals first, and what measures the same on other data."""
    found = dict.fromkeys(name for job in jobs for name in job.metrics if not name.startswith("system/"))
    return first(found, project().goals, project().models)


def headings(jobs: Sequence[Job]) -> dict[str, str]:
    """What people read above each metric: of which model it is, or of which the mean."""
    found = {key: metric(key, project().models) for key in metrics(jobs)}
    mean = next((f" (mean of {job.mean_of})" for job in jobs if job.mean_of), "")
    return {key: one.heading if one.model else f"{key}{mean}" for key, one in found.items()}


def table(jobs: Sequence[Job]) -> dict[str, list[Any]]:
    """Columns: the swept values, then every metric that a job has."""
    found = metrics(jobs)
    shown = names(jobs[0].values)
    columns: dict[str, list[Any]] = {name: [job.values[key] for job in jobs] for key, name in shown.items()}
    columns |= {name: [job.metrics.get(name, math.nan) for job in jobs] for name in found}
    return columns | {"diverged": [job.diverged for job in jobs], "run_id": [job.run_id for job in jobs]}


def digits(jobs: Sequence[Job]) -> dict[str, int]:
    """How many significant digits tell the jobs apart, by key."""
    return {key: apart(job.values[key] for job in jobs) for key in jobs[0].values}


def mean_objective(jobs: Sequence[Job]) -> float:
    return fmean(job.objective for job in jobs)


def groups(jobs: Sequence[Job]) -> list[list[Job]]:
    """The jobs by their settings, which differ in the seed alone within a group: a run once, as a seed that nothing
    reads makes no other."""
    found: dict[tuple[tuple[str, str], ...], dict[str, Job]] = {}
    for job in jobs:
        found.setdefault(tuple(without_seeds(job.given).items()), {}).setdefault(job.run_id, job)
    return [[*group.values()] for group in found.values()]


def best(jobs: Sequence[Job]) -> list[Job]:
    """The jobs with the best settings, which differ in the seed alone: those with the least mean objective. None where
    all jobs differ in nothing else, or all trainings diverged."""
    found = min(groups(jobs), key=mean_objective)
    return [] if only_seeds(jobs[0].given) or math.isinf(mean_objective(found)) else found


def means(jobs: Sequence[Job]) -> dict[str, float]:
    """The mean of every metric that all jobs have."""
    names = [name for name in jobs[0].metrics if all(name in job.metrics for job in jobs)]
    return {name: float(np.mean([job.metrics[name] for job in jobs])) for name in names}


def write(file: Path, columns: Mapping[str, Sequence[Any]]) -> None:
    """Write a table as CSV."""
    with file.open("w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def text(jobs: Sequence[Job], most: int = 20) -> str:
    """The table for a terminal: the best jobs if there are many, and what chance does if seeds were swept."""
    columns = table(jobs)
    order = sorted(range(len(jobs)), key=lambda i: jobs[i].objective)
    shown = range(len(jobs)) if len(jobs) <= most else order[:most]
    named = names(jobs[0].values)
    lines = _lines(columns, {named[key]: n for key, n in digits(jobs).items()}, headings(jobs), shown)
    if len(jobs) > most:
        lines.append(f"... the best {most} of {len(jobs)}")
    return "\n".join([*lines, *over_seeds(jobs)])


def over_seeds(every: Sequence[Job]) -> list[str]:
    """What chance does to the first goal's metric if jobs differ in the seed alone: to that of each model on test data,
    if whole pipelines ran."""
    jobs = [*{job.run_id: job for job in every}.values()]  # a seed that nothing reads makes no other run
    if not (goals := project().goals) or not only_seeds(jobs[0].values) or len(jobs) < 2:
        return []
    models = project().models
    names = [name for name in metrics(jobs) if quantity(name, models) == quantity(goals[0].name)]
    tested = [name for name in names if metric(name, models).model and not name.endswith(BOUNDS)]
    chosen = tested or [goals[0].name]
    return chance.summary({name: np.array([job.metrics.get(name, math.nan) for job in jobs]) for name in chosen})


def _lines(
    columns: dict[str, list[Any]], keys: dict[str, int], heads: dict[str, str], shown: Sequence[int]
) -> list[str]:
    """The header, and a line for each job shown; `keys` with their digits, metrics with their headings."""
    known = [k for k in heads if not k.endswith(BOUNDS)]
    widths = {k: max(len(k), *(len(rounded(columns[k][i], n)) for i in shown)) for k, n in keys.items()}
    left, listed = _columns_of_terminal() - sum(widths[k] + 2 for k in keys) + 2, list[str]()
    for k in known[:MOST]:
        widths[k] = max(14, len(heads[k]))
        left -= widths[k] + 2
        if left < 0 and listed:
            break
        listed.append(k)
    lines = ["  ".join(f"{heads.get(k, k):>{widths[k]}}" for k in [*keys, *listed])]
    for i in shown:
        cells = [f"{rounded(columns[k][i], n):>{widths[k]}}" for k, n in keys.items()]
        told = ["diverged" if columns["diverged"][i] else number(columns[k][i]) for k in listed]
        cells += [f"{value:>{widths[k]}}" for k, value in zip(listed, told, strict=True)]
        lines.append("  ".join(cells))
    if more := len(known) - len(listed):
        lines.append(f"{more} more metrics in comparison.csv")
    return lines


def _columns_of_terminal() -> int:
    """How wide it is; what is no terminal is as wide as need be."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize
