"""What the jobs of a sweep come to, side by side: a table, for the terminal and as a file."""

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tracked.project import project
from tracked.sweeps import chance
from tracked.sweeps.values import names, rounded


@dataclass
class Row:
    """A job that has finished."""

    values: dict[str, str]  # of the swept keys, as they are shown
    objective: float  # the best job has least of it; inf if the training diverged
    run_id: str
    metrics: dict[str, float]
    curves: dict[str, list[float]]  # by name, a value an epoch
    overrides: dict[str, str]  # the values by which Hydra makes the job


def table(rows: Sequence[Row]) -> dict[str, list[Any]]:
    """Columns: the swept values, then every figure that a job has."""
    figures = dict.fromkeys(name for row in rows for name in row.metrics if not name.startswith("system/"))
    shown = names(rows[0].values)
    columns: dict[str, list[Any]] = {name: [row.values[key] for row in rows] for key, name in shown.items()}
    columns |= {name: [row.metrics.get(name, math.nan) for row in rows] for name in figures}
    return columns | {"diverged": [math.isinf(row.objective) for row in rows], "run_id": [row.run_id for row in rows]}


def means(rows: Sequence[Row]) -> dict[str, float]:
    """The mean of every figure that all jobs have."""
    names = [name for name in rows[0].metrics if all(name in row.metrics for row in rows)]
    return {name: float(np.mean([row.metrics[name] for row in rows])) for name in names}


def best(rows: Sequence[Row]) -> Row | None:
    """The job with the least objective; None where all have diverged."""
    return min((row for row in rows if math.isfinite(row.objective)), key=lambda row: row.objective, default=None)


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
    lines = _lines(columns, list(names(rows[0].values).values()), shown)
    if len(rows) > most:
        lines.append(f"... the best {most} of {len(rows)}")
    if [key.lstrip("+") for key in rows[0].values] == ["seed"] and len(rows) > 1:
        lines += _over_seeds(rows)
    return "\n".join(lines)


def _over_seeds(rows: Sequence[Row]) -> list[str]:
    """What chance does to the accuracy: on test data if whole pipelines ran, else on validation data."""
    validated = project().best[0]
    tested = [f"{network}.{validated.replace('val_', 'test_')}" for network in project().networks]
    figures = [figure for figure in tested if figure in rows[0].metrics] or [validated]
    return chance.summary({name: np.array([row.metrics.get(name, math.nan) for row in rows]) for name in figures})


def _lines(columns: dict[str, list[Any]], keys: list[str], shown: Sequence[int]) -> list[str]:
    """The header, and a line for each row shown. Beside the figures of several networks others are their means."""
    figures = [k for k in columns if k.endswith(("accuracy", "loss")) and not k.endswith(("_low", "_high"))]
    widths = {k: max(len(k), *(len(rounded(columns[k][i])) for i in shown)) for k in keys}
    networks = len({k.partition(".")[0] for k in figures if "." in k})
    heads = {k: f"mean_{k}" if networks > 1 and "." not in k else k for k in figures}
    widths |= {k: max(14, len(heads[k])) for k in figures}
    lines = ["  ".join(f"{heads.get(k, k):>{widths[k]}}" for k in [*keys, *figures])]
    for i in shown:
        cells = [f"{rounded(columns[k][i]):>{widths[k]}}" for k in keys]
        told = ["diverged" if columns["diverged"][i] else f"{columns[k][i]:.4f}" for k in figures]
        cells += [f"{figure:>{widths[k]}}" for k, figure in zip(figures, told, strict=True)]
        lines.append("  ".join(cells))
    return lines
