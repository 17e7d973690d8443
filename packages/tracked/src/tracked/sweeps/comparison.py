"""What the jobs of a sweep come to, side by side: a table, for the terminal and as a file."""

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from tracked.goal import first, quantity
from tracked.messages import number
from tracked.project import project
from tracked.sweeps import chance
from tracked.sweeps.values import apart, names, only_seeds, rounded, without_seeds

MOST = 6  # metrics that a terminal has room for
BOUNDS = ("_low", "_high")  # of an interval


@dataclass
class Row:
    """A job that has finished."""

    values: dict[str, str]  # of the swept keys, as they are shown
    objective: float  # the best job has least of it; inf if the training diverged
    run_id: str
    metrics: dict[str, float]
    curves: dict[str, list[float]]  # by name, a value a step
    overrides: dict[str, str]  # the values by which Hydra makes the job
    diverged: bool = False


def metrics(rows: Sequence[Row]) -> list[str]:
    """Every metric that a job has, those of the project's goals first, and what measures the same on other data."""
    found = dict.fromkeys(name for row in rows for name in row.metrics if not name.startswith("system/"))
    return first(found, project().goals)


def table(rows: Sequence[Row]) -> dict[str, list[Any]]:
    """Columns: the swept values, then every metric that a job has."""
    figures = metrics(rows)
    shown = names(rows[0].values)
    columns: dict[str, list[Any]] = {name: [row.values[key] for row in rows] for key, name in shown.items()}
    columns |= {name: [row.metrics.get(name, math.nan) for row in rows] for name in figures}
    return columns | {"diverged": [row.diverged for row in rows], "run_id": [row.run_id for row in rows]}


def digits(rows: Sequence[Row]) -> dict[str, int]:
    """How many significant digits tell the jobs apart, by key."""
    return {key: apart(row.values[key] for row in rows) for key in rows[0].values}


def mean_objective(rows: Sequence[Row]) -> float:
    return fmean(row.objective for row in rows)


def best(rows: Sequence[Row]) -> list[Row]:
    """The jobs with the best settings, which differ in the seed alone: those with the least mean objective. None where
    all jobs differ in nothing else, or all trainings diverged."""
    groups: dict[tuple[tuple[str, str], ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(without_seeds(row.overrides).items()), []).append(row)
    found = min(groups.values(), key=mean_objective)
    return [] if only_seeds(rows[0].overrides) or math.isinf(mean_objective(found)) else found


def means(rows: Sequence[Row]) -> dict[str, float]:
    """The mean of every figure that all jobs have."""
    names = [name for name in rows[0].metrics if all(name in row.metrics for row in rows)]
    return {name: float(np.mean([row.metrics[name] for row in rows])) for name in names}


def write(file: Path, rows: Sequence[Row]) -> None:
    """Write the table as CSV."""
    columns = table(rows)
    with file.open("w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def text(rows: Sequence[Row], most: int = 20) -> str:
    """The table for a terminal: the best jobs if there are many, and what chance does if seeds were swept."""
    columns = table(rows)
    order = sorted(range(len(rows)), key=lambda i: rows[i].objective)
    shown = range(len(rows)) if len(rows) <= most else order[:most]
    named = names(rows[0].values)
    lines = _lines(columns, {named[key]: n for key, n in digits(rows).items()}, shown)
    if len(rows) > most:
        lines.append(f"... the best {most} of {len(rows)}")
    runs = [*{row.run_id: row for row in rows}.values()]  # a seed that nothing reads makes no other run
    if only_seeds(rows[0].values) and len(runs) > 1:
        lines += _over_seeds(runs)
    return "\n".join(lines)


def _over_seeds(rows: Sequence[Row]) -> list[str]:
    """What chance does to the first goal's metric: to that of each model on test data, if whole pipelines ran."""
    if not (goals := project().goals):
        return []
    names = [name for name in metrics(rows) if quantity(name) == quantity(goals[0].name)]
    tested = [name for name in names if name.partition(".")[0] in project().models and not name.endswith(BOUNDS)]
    figures = tested or [goals[0].name]
    return chance.summary({name: np.array([row.metrics.get(name, math.nan) for row in rows]) for name in figures})


def _lines(columns: dict[str, list[Any]], keys: dict[str, int], shown: Sequence[int]) -> list[str]:
    """The header, and a line for each row shown; `keys` with their digits. Beside the metrics of several models
    others are their means."""
    known = [k for k in columns if k not in (*keys, "diverged", "run_id") and not k.endswith(BOUNDS)]
    figures = known[:MOST]
    widths = {k: max(len(k), *(len(rounded(columns[k][i], n)) for i in shown)) for k, n in keys.items()}
    several = len({k.partition(".")[0] for k in figures if "." in k}) > 1
    heads = {k: f"mean_{k}" if several and "." not in k else k for k in figures}
    widths |= {k: max(14, len(heads[k])) for k in figures}
    lines = ["  ".join(f"{heads.get(k, k):>{widths[k]}}" for k in [*keys, *figures])]
    for i in shown:
        cells = [f"{rounded(columns[k][i], n):>{widths[k]}}" for k, n in keys.items()]
        told = ["diverged" if columns["diverged"][i] else number(columns[k][i]) for k in figures]
        cells += [f"{figure:>{widths[k]}}" for k, figure in zip(figures, told, strict=True)]
        lines.append("  ".join(cells))
    if more := len(known) - len(figures):
        lines.append(f"{more} more metrics in comparison.csv")
    return lines
