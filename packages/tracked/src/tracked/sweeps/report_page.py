"""The comparison of a sweep as one HTML file that needs no server: the pictures are in it."""

import html
from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from tracked.goal import Goal
from tracked.masking import masked
from tracked.messages import number
from tracked.sweeps import comparison
from tracked.sweeps.comparison import Row
from tracked.sweeps.values import only_seeds, title, without_seeds

STYLE = (
    "body { font: 15px sans-serif; max-width: 72em; margin: 2em auto; padding: 0 1em } img { max-width: 100% } "
    "pre { background: #f4f4f4; padding: 1em; overflow: auto }"
)


def write(
    file: Path,
    name: str,
    goal: Goal | None,
    rows: Sequence[Row],
    best: Sequence[Row],
    pictures: Sequence[Path],
    settings: Mapping[str, Any],
) -> None:
    """Write the page; `settings` are those that all jobs share, `goal` tells the `best`, if there is one."""
    head = f'<meta charset="utf-8"><title>{html.escape(name)}</title><style>{STYLE}</style>'
    parts = [
        f"<h1>{html.escape(name)}</h1>",
        f"<p>{len(rows)} jobs{_verdict(goal, rows, best)}.</p>",
        *map(_image, pictures),
        f"<h2>Figures</h2>{_block(comparison.text(rows, most=1000))}",
        f"<h2>Settings that all jobs share</h2>{_block(yaml.safe_dump(dict(settings), sort_keys=False))}",
    ]
    file.write_text(f"<!doctype html>{head}{''.join(parts)}\n")


def _verdict(goal: Goal | None, rows: Sequence[Row], best: Sequence[Row]) -> str:
    if not best and only_seeds(rows[0].values):
        return ", which differ in the seed alone: what differs between them is chance"
    if not goal:
        return ""
    if not best:
        return f"; none has a finite {goal.name}"
    values = best[0].values if len(best) == 1 else without_seeds(best[0].values)
    which = html.escape(title(values, comparison.digits(rows)))
    of_seeds = f", the mean of {len(best)} seeds," if len(best) > 1 else ""
    mean = comparison.mean_objective(best) * (1 if goal.direction == "min" else -1)
    return f"; the best {goal.name}{of_seeds} is {number(mean)}, with {which}"


def _image(picture: Path) -> str:
    return f'<img alt="{picture.stem}" src="data:image/png;base64,{b64encode(picture.read_bytes()).decode()}">'


def _block(text: str) -> str:
    return f"<pre>{html.escape(masked(text))}</pre>"
