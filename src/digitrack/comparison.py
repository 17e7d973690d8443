"""What the jobs of a sweep come to, side by side: a table, pictures, a page."""

import csv
import html
import math
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

NETS = ("keras", "numpy")


@dataclass
class Row:
    """A job that has finished."""

    values: dict[str, str]  # of the swept keys
    objective: float  # validation loss, inf if it diverged
    run_id: str
    metrics: dict[str, float]
    curves: dict[str, list[float]]  # by name, a value an epoch


def short(key: str) -> str:
    """learning_rate for train_keras.optimizer.learning_rate."""
    return key.replace("/", ".").split(".")[-1]


def title(values: dict[str, str]) -> str:
    """The name of a job's run."""
    return ", ".join(f"{short(key)}={rounded(value)}" for key, value in values.items())


def rounded(value: str) -> str:
    """0.0443 for 0.044303752452182654, and short values as they are."""
    return value if len(value) < 8 or math.isnan(number(value)) else f"{number(value):.4g}"


def number(value: str) -> float:
    """The value as a number, NaN if it is none."""
    try:
        return float(value)
    except ValueError:
        return math.nan


def table(rows: list[Row]) -> dict[str, list[Any]]:
    """Columns: the swept values, then every figure that a job has."""
    names = [name for name in rows[0].metrics if not name.startswith("system/")]
    columns: dict[str, list[Any]] = {short(key): [row.values[key] for row in rows] for key in rows[0].values}
    columns |= {name: [row.metrics.get(name, math.nan) for row in rows] for name in names}
    return columns | {"diverged": [math.isinf(row.objective) for row in rows], "run_id": [row.run_id for row in rows]}


def text(rows: list[Row], most: int = 20) -> str:
    """The table for a terminal: the best jobs if there are many, and what chance does if seeds were swept."""
    columns = table(rows)
    keys = [short(key) for key in rows[0].values]
    figures = [k for k in columns if k.endswith(("accuracy", "loss")) and not k.endswith(("_low", "_high"))]
    order = sorted(range(len(rows)), key=lambda i: rows[i].objective)
    shown = range(len(rows)) if len(rows) <= most else order[:most]
    widths = {k: max(len(k), *(len(rounded(columns[k][i])) for i in shown)) for k in keys}
    lines = ["  ".join([*(f"{k:>{widths[k]}}" for k in keys), *(f"{k:>14}" for k in figures)])]
    for i in shown:
        cells = [f"{rounded(columns[k][i]):>{widths[k]}}" for k in keys]
        cells += [f"{'diverged' if columns['diverged'][i] else format(columns[k][i], '.4f'):>14}" for k in figures]
        lines.append("  ".join(cells))
    if len(rows) > most:
        lines.append(f"... the best {most} of {len(rows)}")
    return "\n".join([*lines, *chance(rows)])


def chance(rows: list[Row]) -> list[str]:
    """Mean, spread and 95 % interval over seeds, and whether the two networks differ; [] if seeds were not swept."""
    if list(rows[0].values) != ["seed"] or len(rows) < 2:
        return []
    from scipy import stats

    figures = [f"{net}.test_accuracy" for net in NETS if f"{net}.test_accuracy" in rows[0].metrics] or ["val_accuracy"]
    values = {figure: np.array([row.metrics.get(figure, math.nan) for row in rows]) for figure in figures}
    lines = []
    for figure, sample in values.items():
        mean, spread = sample.mean(), sample.std(ddof=1)
        half = stats.t.ppf(0.975, len(sample) - 1) * spread / math.sqrt(len(sample))
        interval = f"95 % interval of the mean {mean - half:.4f} to {mean + half:.4f}"
        lines.append(f"{figure}: mean {mean:.4f}, standard deviation {spread:.4f}, {interval}, {len(sample)} seeds")
    if len(figures) == 2:
        keras, numpy = values.values()
        p = 1.0 if (keras == numpy).all() else float(stats.ttest_rel(keras, numpy).pvalue)
        verdict = "differ" if p < 0.05 else "do not differ beyond chance"
        difference = (keras - numpy).mean()
        lines.append(f"keras minus numpy: {difference:+.4f}; they {verdict} (paired t-test, p = {p:.2f})")
    return lines


def write(folder: Path, name: str, rows: list[Row], settings: dict[str, Any]) -> list[Path]:
    """comparison.csv, the pictures, and report.html that holds all of it; returns the files."""
    from digitrack import sweep_figures

    columns = table(rows)
    with (folder / "comparison.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    pictures = sweep_figures.draw(folder, name, rows)
    page = folder / "report.html"
    page.write_text(_page(name, rows, pictures, settings))
    return [folder / "comparison.csv", *pictures, page]


def _page(name: str, rows: list[Row], pictures: list[Path], settings: dict[str, Any]) -> str:
    """A page that stands alone: the pictures are in it."""
    images = "".join(
        f'<img alt="{picture.stem}" src="data:image/png;base64,{b64encode(picture.read_bytes()).decode()}">'
        for picture in pictures
    )
    style = (
        "body { font: 15px sans-serif; max-width: 72em; margin: 2em auto } img { max-width: 100% } "
        "pre { background: #f4f4f4; padding: 1em; overflow: auto }"
    )
    best = min(rows, key=lambda row: row.objective)
    parts = [
        f"<h1>{html.escape(name)}</h1>",
        f"<p>{len(rows)} jobs; the smallest validation loss is {best.objective:.4f}, "
        f"with {html.escape(title(best.values))}.</p>",
        images,
        f"<h2>Figures</h2><pre>{html.escape(text(rows, most=1000))}</pre>",
        f"<h2>Settings that all jobs share</h2><pre>{html.escape(yaml.safe_dump(settings, sort_keys=False))}</pre>",
    ]
    head = f'<meta charset="utf-8"><title>{html.escape(name)}</title><style>{style}</style>'
    return f"<!doctype html>{head}{''.join(parts)}\n"
