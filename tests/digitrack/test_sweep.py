"""The module digitrack.figures.sweep."""

import math
from dataclasses import dataclass, field

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.image import imread

from digitrack.figures import sweep, swept


@dataclass
class Row:
    values: dict[str, str]
    objective: float = 0.5
    metrics: dict[str, float] = field(default_factory=lambda: dict.fromkeys(FIGURES, 0.5))
    curves: dict[str, list[float]] = field(default_factory=lambda: {"train_loss": [1.0, 0.5], "val_loss": [1.1, 0.6]})


FIGURES = [f"{part}_{kind}" for part in ("train", "val") for kind in ("loss", "accuracy")]
RATE, UNITS, OPTIMIZER = "train_numpy.learning_rate", "train_numpy.n_hidden", "train_keras/optimizer"


@pytest.mark.parametrize("n", [1, 4, 60])
def test_few_and_many_jobs_are_drawn_with_a_diverged_one(tmp_path, n):
    rows = [Row({RATE: str(rate)}) for rate in np.geomspace(1e-4, 1, n)]
    rows[-1].objective, rows[-1].curves = math.inf, {}
    assert sweep.draw(tmp_path, "rates", rows) == [tmp_path / "comparison.png"]
    pixels = imread(tmp_path / "comparison.png")
    red = (pixels[..., 0] > 0.9) & (pixels[..., 1] < 0.1) & (pixels[..., 2] < 0.1)
    assert red.any()


def test_two_keys_make_a_heatmap_when_every_pair_is_there_and_a_map_when_not(tmp_path):
    rows = [Row({RATE: rate, UNITS: units}) for rate in ("0.1", "1") for units in ("10", "20", "100")]
    rows[0].objective = math.nan
    assert [file.name for file in sweep.draw(tmp_path, "both", rows)] == ["comparison.png", "heatmap.png"]
    assert [file.name for file in sweep.draw(tmp_path, "both", rows[1:])] == ["comparison.png", "map.png"]
    names = [Row({RATE: str(rate), OPTIMIZER: name}) for rate, name in zip((0.1, 0.2, 90), "aba", strict=True)]
    assert [file.name for file in sweep.draw(tmp_path, "names", names)] == ["comparison.png", "map.png"]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("diverged", [False, True])
def test_seeds_of_tested_networks_are_drawn_with_their_means(tmp_path, diverged):
    tested = {f"{net}.test_{kind}": 0.9 for net in ("keras", "torch") for kind in ("accuracy", "loss")}
    rows = [Row({"seed": str(seed)}, math.inf if diverged else 0.5, dict(tested), {}) for seed in range(3)]
    assert sweep.draw(tmp_path, "seeds", rows) == [tmp_path / "comparison.png"]


def test_no_legend_covers_what_is_drawn(tmp_path):
    tested = {f"{net}.test_{kind}": 0.9 for net in ("bayes", "keras", "numpy") for kind in ("accuracy", "loss")}
    rows = [Row({"seed": str(seed)}, metrics={**tested, **dict.fromkeys(FIGURES, 0.5)}) for seed in range(8)]
    figure = sweep.comparison("seeds", rows, ["seed"])
    FigureCanvasAgg(figure)
    figure.draw_without_rendering()
    panels = [axes.get_window_extent() for axes in figure.axes]
    legends = [axes.get_legend().get_window_extent() for axes in figure.axes if axes.get_legend()]
    assert len(legends) == 3
    assert not any(legend.overlaps(panel) for legend in legends for panel in panels)
    assert all(legend.x0 >= 0 and legend.x1 <= figure.bbox.width for legend in legends)


def test_labels_are_short_and_values_keep_their_order():
    row = Row({RATE: "0.044303752452182654", OPTIMIZER: "adam"})
    assert swept.label(row) == "0.0443, adam"
    assert [swept.short(key) for key in (RATE, OPTIMIZER, "seed")] == ["learning_rate", "optimizer", "seed"]
    assert sorted(["10", "9", "0.1"], key=swept.place) == ["0.1", "9", "10"]
    assert sorted(["sgd", "adam"], key=swept.place) == ["sgd", "adam"]
