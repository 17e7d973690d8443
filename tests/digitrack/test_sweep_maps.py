"""The module digitrack.plots.sweep_maps."""

from itertools import product

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from digitrack.plots import sweep_maps, swept

KEYS = ("a", "b", "c", "d")


def grid_of(job, *counts):
    return [job(dict(zip(KEYS, map(str, values), strict=False))) for values in product(*map(range, counts))]


def images(figure):
    return [image for axes in figure.axes for image in axes.images if image.get_array().ndim == 2]


def heatmaps(rows):
    of = swept.settings(rows)
    return sweep_maps.heatmaps("name", of, swept.varied(of))


@pytest.mark.parametrize("counts", [(2, 2), (3, 4), (10, 10), (3, 3, 2), (6, 5, 4), (3, 3, 2, 2)])
def test_every_setting_is_a_cell_and_maps_of_one_figure_have_one_scale(job, counts):
    rows = grid_of(job, *counts)
    found = images(heatmaps(rows))
    shown = np.concatenate([image.get_array().compressed() for image in found])
    expected = [row.metrics[name] for row in rows for name in ("val_loss", "val_accuracy")]
    np.testing.assert_allclose(np.sort(shown), np.sort(expected))
    scales = {(image.get_cmap().name, image.norm.vmin, image.norm.vmax) for image in found}
    assert len(scales) == 2
    assert {low for _, low, _ in scales} == {min(row.metrics[n] for row in rows) for n in ("val_loss", "val_accuracy")}


def test_a_cell_stands_at_its_values_and_holds_the_mean_over_seeds(job):
    rows = [job({"a": a, "b": b, "seed": seed}) for a in ("1", "20", "3") for b in ("x", "y") for seed in "012"]
    figure = heatmaps(rows)
    axes = next(axes for axes in figure.axes if axes.images)
    names = [[tick.get_text() for tick in ticks] for ticks in (axes.get_yticklabels(), axes.get_xticklabels())]
    assert names == [["x", "y"], ["1", "3", "20"]]
    cells = axes.images[0].get_array()
    for (i, y), (j, x) in product(enumerate(names[0]), enumerate(names[1])):
        own = [row.metrics["val_loss"] for row in rows if (row.values["a"], row.values["b"]) == (x, y)]
        np.testing.assert_allclose(cells[i, j], np.mean(own))
    assert "mean of 3 seeds" in figure.get_suptitle()


def test_a_missing_job_is_blank_a_diverged_one_crossed_and_the_best_framed(job):
    rows = grid_of(job, 3, 4)
    rows[5] = job(rows[5].values, diverged=True)
    figure = heatmaps(rows[1:])
    for axes in figure.axes:
        if axes.images:
            assert axes.images[0].get_array().mask.sum() == 2
            assert [text.get_text() for text in axes.texts].count(swept.CROSS) == 1
            assert len(axes.texts) == 11
            best = min(rows[1:], key=lambda row: row.objective)
            (frame,) = (patch for patch in axes.patches if isinstance(patch, Rectangle))
            assert (frame.get_y() + 0.5, frame.get_x() + 0.5) == (int(best.values["a"]), int(best.values["b"]))
            break
    assert "blank: no finished job" in figure.get_suptitle()
    assert f"{swept.CROSS}: diverged" in figure.get_suptitle()


def test_losses_over_orders_of_magnitude_have_a_logarithmic_scale(job):
    rows = grid_of(job, 3, 3)
    rows[0].metrics["val_loss"] = 1000
    assert {type(image.norm).__name__ for image in images(heatmaps(rows))} == {"LogNorm", "Normalize"}


def test_a_search_is_a_map_with_a_dot_for_each_place(job):
    random = np.random.default_rng(0)
    rows = [job({"a": str(10 ** random.uniform(-4, 1)), "b": str(random.integers(2, 300))}) for _ in range(40)]
    rows[3] = job(rows[3].values, diverged=True)
    of = swept.settings(rows)
    figure = sweep_maps.maps("name", of, ["a", "b"])
    for axes in figure.axes[:2]:
        assert len(axes.collections[0].get_offsets()) == 40
        crosses, ring = axes.lines
        assert crosses.get_xdata() == [float(rows[3].values["a"])]
        assert ring.get_xdata() == [float(min(rows, key=lambda row: row.objective).values["a"])]
        assert (axes.get_xscale(), axes.get_yscale()) == ("log", "linear")


def test_the_means_of_several_networks_are_called_so(job):
    rows = [job({"a": a, "b": b}, networks=("keras", "numpy")) for a in "12" for b in "12"]
    titles = [part.get_suptitle() for part in heatmaps(rows).subfigs]
    assert all("mean of the networks" in title for title in titles)
