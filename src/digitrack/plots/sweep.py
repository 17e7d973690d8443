"""Draw the pictures of a sweep, over one setting or several, with 4 jobs or 100."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from .drawing import save
from .sweep_blocks import CURVES, of_grid, of_search, of_seeds
from .sweep_maps import heatmaps, maps
from .swept import Row, Setting, is_grid, notes, settings, varied

WIDTH, HEADING = 12, 0.5  # inches: the picture's width, and the height of a heading


def draw(folder: Path, name: str, rows: Sequence[Row]) -> list[Path]:
    """Draw what fits the sweep: a map if several settings were swept, then a comparison. Returns the files."""
    of = settings(rows)
    keys = varied(of)
    pictures = {}
    if len(keys) > 1 and is_grid(of, keys):
        pictures["heatmap"] = heatmaps(name, of, keys)
    elif len(keys) == 2:
        pictures["map"] = maps(name, of, keys)
    pictures["comparison"] = comparison(name, of, keys)
    for stem, figure in pictures.items():
        save(figure, folder / f"{stem}.png")
    return [folder / f"{stem}.png" for stem in pictures]


def comparison(name: str, of: Sequence[Setting], keys: Sequence[str]) -> Figure:
    """Draw the curves of all jobs, and their final metrics against the swept values."""
    rows = [row for setting in of for row in setting.rows]
    blocks = of_seeds(of) if not keys else of_grid(of, keys) if is_grid(of, keys) else of_search(of, keys)
    if not any(row.curves for row in rows):
        blocks = [block for block in blocks if block.title != CURVES]
    heights = [HEADING + (3.2 if block.columns < 3 else 2.6) * block.rows for block in blocks]
    figure = Figure(figsize=(WIDTH, HEADING + sum(heights)), layout="constrained")
    figure.suptitle("\n".join([f"{name}: {len(rows)} job{'s' * (len(rows) > 1)}", *notes(of)]), parse_math=False)
    places = figure.subfigures(len(blocks), height_ratios=heights, squeeze=False).flat
    for place, block in zip(places, blocks, strict=True):
        block.draw(place)
    if len(keys) != 1 and (layout := figure.get_layout_engine()):
        layout.execute(figure)  # `save` does it again: the ticks change once small panels have their size
    return figure
