"""The module digitrack.plots.sweep_scales."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from digitrack.plots import sweep_scales, swept
from digitrack.plots.sweep_scales import Scale, colors_of


def scale_of(job, values):
    of = swept.settings([job({"key": value}) for value in values])
    return Scale("key", of), of


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "2", "3", "4"], "linear"),
        (["5", "10", "20", "50", "100", "200", "500"], "log"),
        (["0.0001", "0.01", "1", "100"], "log"),
        (["0", "1e-5", "1e-4", "1e-3", "1e-2"], "places"),  # no logarithm of 0, and no room otherwise
        (["sgd", "adam"], "places"),
        (["null", "0.1", "0.2"], "places"),
        ([str(rate) for rate in np.geomspace(1e-4, 10, 40)], "log"),
        ([str(units) for units in range(2, 200, 3)], "linear"),
        (["3"], "linear"),
    ],
)
def test_numbers_lie_where_their_names_have_room(job, values, kind):
    assert scale_of(job, values)[0].kind == kind


def test_named_values_lie_apart_and_at_their_ticks(job):
    for values in (["5", "20", "100"], ["b", "a"], ["0", "1e-5", "1"], [str(n) for n in range(20)]):
        scale, of = scale_of(job, values)
        axes = Figure().subplots()
        axes.plot(scale.of(of), [1] * len(of), "o")
        scale.set_up(axes)
        assert [tick.get_text() for tick in axes.get_xticklabels()] == [swept.text(value) for value in scale.values]
        np.testing.assert_array_equal(axes.get_xticks(), scale.of(of))


@pytest.mark.parametrize("n", [2, 10, 11, 60])
@pytest.mark.parametrize("name", ["{}", "name {}"])
def test_each_value_has_a_colour_that_a_legend_of_ten_or_a_bar_explains(job, n, name):
    scale, of = scale_of(job, [name.format(i) for i in range(n)])
    colors = colors_of(scale, of)
    axes = Figure(layout="constrained").subplots(1, 2, squeeze=False)
    colors.explain(axes)
    assert list(colors.of) == scale.values
    if colors.bar is None:
        assert len(axes[0, 1].get_legend().get_texts()) == min(n, 10)
        assert len(set(colors.of.values())) == min(n, 10)
    else:
        assert n > 10
        assert name == "{}"
        assert len(axes[0, 0].figure.axes) == 3


def test_of_many_names_the_best_have_a_colour(job):
    scale, of = scale_of(job, [f"name {i}" for i in range(12)])
    colors = colors_of(scale, of)
    ranked = sorted(of, key=lambda setting: setting.objective)
    assert [colors.of[setting.values["key"]] == sweep_scales.OTHERS for setting in ranked] == [False] * 9 + [True] * 3


def test_names_at_an_axis_tell_apart_what_differs_in_the_middle():
    names = [f"a_rather_long_name_{i}_of_a_data_set" for i in range(30)]
    assert len(set(sweep_scales.apart(names))) == 30
    assert sweep_scales.apart(["sgd", "adam"]) == ["sgd", "adam"]
    assert sweep_scales.apart(["a" * 30, "a" * 31])[1] == "…a"


def test_logarithmic_axes_have_plain_numbers():
    figure = Figure()
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    sweep_scales.logarithmic(axes, "y")
    axes.set_ylim(0.08, 3)
    figure.draw_without_rendering()
    labels = [tick.get_text() for tick in axes.get_yticklabels() + axes.get_yticklabels(minor=True)]
    assert {"0.1", "0.2", "1", "2"} <= set(labels)
    assert not any("$" in label for label in labels)
