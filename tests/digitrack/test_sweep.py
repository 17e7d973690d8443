"""The module digitrack.plots.sweep, and the panels of which it makes a picture."""

from itertools import product

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from scipy import stats

from digitrack.plots import sweep, swept
from digitrack.plots.sweep_panels import LOSS

RATE, UNITS, OPTIMIZER, BATCH = "net.learning_rate", "net.n_hidden", "net/optimizer", "+net.batch"
VALUES = {RATE: ["0.01", "0.1", "1"], UNITS: ["5", "20"], OPTIMIZER: ["sgd", "adam", "rmsprop"], BATCH: ["1", "8"]}
LONG = pytest.mark.long


def comparison(rows):
    of = swept.settings(rows)
    return sweep.comparison("name", of, swept.varied(of))


def grid_of(job, keys, seeds=0, **more):
    settings = [dict(zip(keys, values, strict=True)) for values in product(*(VALUES[key] for key in keys))]
    return [job({**values, **seed}, **more) for values in settings for seed in seeds_of(seeds)]


def seeds_of(n):
    return [{"seed": str(seed)} for seed in range(n)] or [{}]


def bars(axes):
    return [container for container in axes.containers if container.has_yerr]


def panels(figure, ylabel):
    """The panels whose row has a label at its left."""
    found = []
    for axes in figure.axes:
        own = [other.get_ylabel() for other in axes.get_shared_y_axes().get_siblings(axes)]
        found += [axes] if ylabel in own and axes.containers else []
    return found


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("n", [1, 4, 60])
def test_few_and_many_jobs_are_drawn_with_a_diverged_one(tmp_path, job, n):
    rows = [job({RATE: str(rate)}) for rate in np.geomspace(1e-4, 1, n)]
    rows[-1] = job(rows[-1].values, diverged=True)
    assert sweep.draw(tmp_path, "rates", rows) == [tmp_path / "comparison.png"]
    crosses = [line for axes in comparison(rows).axes for line in axes.lines if line.get_marker() == "x"]
    assert any(len(line.get_xdata()) for line in crosses)


@pytest.mark.long
def test_several_keys_make_a_heatmap_first_and_a_search_a_map(tmp_path, job):
    both = grid_of(job, [RATE, UNITS])
    assert [file.name for file in sweep.draw(tmp_path, "both", both)] == ["heatmap.png", "comparison.png"]
    assert [file.name for file in sweep.draw(tmp_path, "both", both[1:])] == ["heatmap.png", "comparison.png"]
    names = [job({RATE: str(rate), OPTIMIZER: name}) for rate, name in zip((0.1, 0.2, 5, 90, 91), "abcde", strict=True)]
    assert [file.name for file in sweep.draw(tmp_path, "names", names)] == ["map.png", "comparison.png"]
    three = grid_of(job, [RATE, UNITS, OPTIMIZER])
    assert [file.name for file in sweep.draw(tmp_path, "three", three)] == ["heatmap.png", "comparison.png"]
    repeats = grid_of(job, [RATE], seeds=3)
    assert [file.name for file in sweep.draw(tmp_path, "repeats", repeats)] == ["comparison.png"]


@pytest.mark.long
def test_the_same_jobs_give_the_same_bytes_in_any_order(tmp_path, job):
    rows = grid_of(job, [RATE, UNITS], seeds=3)
    first = [file.read_bytes() for file in sweep.draw(tmp_path / "a", "name", rows)]
    rows = [rows[i] for i in np.random.default_rng(0).permutation(len(rows))]
    assert [file.read_bytes() for file in sweep.draw(tmp_path / "b", "name", rows)] == first


@pytest.mark.parametrize(
    "keys",
    [
        [RATE],
        [OPTIMIZER],
        [RATE, UNITS],
        [OPTIMIZER, RATE],
        pytest.param([RATE, UNITS, OPTIMIZER], marks=LONG),
        pytest.param([*VALUES], marks=LONG),
    ],
)
@pytest.mark.parametrize("whole", [True, False])
def test_a_line_joins_only_jobs_that_share_all_settings_but_one_with_numbers(job, keys, whole):
    rows = grid_of(job, keys)
    if not whole:
        rows = [rows[i] for i in np.random.default_rng(1).permutation(len(rows))[: max(2, len(rows) * 2 // 3)]]
    known = {round(value, 9): row.values for row in rows for value in row.metrics.values()}  # no two have the same
    seen = 0
    for axes in panels(comparison(rows), LOSS) + panels(comparison(rows), "accuracy"):
        for container in axes.containers:
            line = container.lines[0]
            joined = [known[round(float(y), 9)] for y in line.get_ydata()]
            seen += len(joined)
            if line.get_linestyle() != "None" and len(joined) > 1:
                differ = {key for key in keys if len({values[key] for values in joined}) > 1}
                assert len(differ) == 1
                assert differ <= {RATE, UNITS, BATCH}
    assert seen >= 2 * len(rows)


@pytest.mark.parametrize("n", [2, 3, 6])
def test_bars_are_intervals_over_seeds_of_what_else_is_the_same(job, n):
    rows = grid_of(job, [RATE, UNITS], seeds=n)
    expected = set()
    for rate, units in product(VALUES[RATE], VALUES[UNITS]):
        own = [r.metrics["val_loss"] for r in rows if (r.values[RATE], r.values[UNITS]) == (rate, units)]
        ends = (min(own), max(own)) if n == 2 else stats.t.interval(0.95, n - 1, np.mean(own), stats.sem(own))
        expected.add((float(rate), round(float(np.mean(own)), 9), *(round(max(float(end), 0), 9) for end in ends)))
    figure = comparison(rows)
    found = set()
    for container in (container for axes in panels(figure, LOSS) for container in bars(axes)):
        line, _, (segments,) = container.lines
        for (x, y), (low, high) in zip(line.get_xydata(), segments.get_segments(), strict=True):
            found.add((x, round(y, 9), round(low[1], 9), round(high[1], 9)))
    assert expected <= found
    assert ("95 %" in figure.get_suptitle()) == (n > 2)


def test_jobs_without_repeats_have_no_bars(job):
    assert not [container for axes in comparison(grid_of(job, [RATE, UNITS])).axes for container in bars(axes)]


def test_curves_are_means_with_bands(job):
    rows = grid_of(job, [RATE], seeds=4)
    training = comparison(rows).axes[0]
    assert len(training.lines) == len(training.collections) == 3
    for rate, line, band in zip(VALUES[RATE], training.lines, training.collections, strict=True):
        own = np.array([row.curves["train_loss"] for row in rows if row.values[RATE] == rate])
        np.testing.assert_allclose(line.get_ydata(), own.mean(axis=0))
        low, high = stats.t.interval(0.95, 3, own.mean(axis=0), stats.sem(own))
        ends = band.get_paths()[0].vertices[:, 1]
        np.testing.assert_allclose([ends.min(), ends.max()], [max(low.min(), 0), high.max()])


def test_small_multiples_have_one_curve_for_each_value_and_one_axis_of_loss(job):
    figure = comparison(grid_of(job, [RATE, UNITS]))
    training, validation = figure.axes[:2], figure.axes[2:4]
    assert [axes.get_title() for axes in training] == [f"training loss\nn_hidden = {n}" for n in (5, 20)]
    assert all(len(axes.lines) == 3 for axes in training + validation)
    assert training[0].get_ylim() == training[1].get_ylim()
    colors = [[line.get_color() for line in axes.lines] for axes in training + validation]
    assert all(own == colors[0] for own in colors)
    assert len(set(colors[0])) == 3


@pytest.mark.parametrize("diverged", [False, True])
def test_seeds_alone_show_each_value_the_mean_and_its_interval(tmp_path, job, diverged):
    rows = [job({"seed": str(seed)}, diverged=diverged and seed == 1) for seed in range(5)]
    assert sweep.draw(tmp_path, "seeds", rows) == [tmp_path / "comparison.png"]
    loss = next(axes for axes in comparison(rows).axes if axes.get_title() == "cross-entropy")
    values = [row.metrics["val_loss"] for row in rows]
    dots = next(line for line in loss.lines if str(line.get_label()).startswith("validation"))
    sound = [value for i, value in enumerate(values) if not (diverged and i == 1)]
    np.testing.assert_allclose([y for y in dots.get_ydata() if np.isfinite(y)], sound)
    told = ""
    if not diverged:
        low, high = stats.t.interval(0.95, 4, np.mean(values), stats.sem(values))
        told = f": mean {np.mean(values):.4f}, {max(low, 0):.4f} to {high:.4f}"
    assert dots.get_label() == f"validation{told}"


@pytest.mark.filterwarnings("error")
def test_whole_pipelines_have_no_curves_and_compare_each_network(job):
    for keys in ([RATE], [RATE, OPTIMIZER]):
        figure = comparison(grid_of(job, keys, networks=("keras", "numpy")))
        assert not [axes for axes in figure.axes if axes.get_xlabel() == "epoch"]
        shown = {axes.get_title() for axes in figure.axes} | {
            text.get_text() for axes in figure.axes if axes.get_legend() for text in axes.get_legend().get_texts()
        }
        assert {"keras, test", "numpy, test"} <= shown


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("keys", [["seed"], [RATE], [RATE, OPTIMIZER], pytest.param([*VALUES], marks=LONG)])
def test_sweeps_of_which_all_jobs_diverged_are_drawn(tmp_path, job, keys):
    values = VALUES | {"seed": ["0", "1"]}
    rows = [job(dict(zip(keys, each, strict=True)), diverged=True) for each in product(*(values[key] for key in keys))]
    assert sweep.draw(tmp_path, "lost", rows)


@pytest.mark.filterwarnings("error")
def test_names_are_no_formulas(tmp_path, job):
    rows = [job({"a$b": one, "b_$": two}) for one in ("$1", r"\frac") for two in ("$x^", "${y}")]
    assert sweep.draw(tmp_path, "$x^ {", rows)


def search(job, n):
    rng = np.random.default_rng(0)
    return [
        job({RATE: str(10 ** rng.uniform(-4, 1)), UNITS: str(rng.integers(2, 300)), OPTIMIZER: rng.choice(["a", "b"])})
        for _ in range(n)
    ]


def test_a_search_is_drawn_key_by_key_and_joined_by_no_line(job):
    figure = comparison(search(job, 40))
    finals = panels(figure, LOSS)
    assert [axes.get_xlabel() for axes in finals] == ["learning_rate", "n_hidden", "optimizer"]
    assert all(container.lines[0].get_linestyle() == "None" for axes in finals for container in axes.containers)
    assert all(len(container.lines[0].get_xdata()) == 40 for axes in finals for container in axes.containers)


def many(job, case):
    if case == "networks":
        return [job({"seed": str(seed)}, networks=("bayes", "keras", "numpy")) for seed in range(8)]
    if case == "search":
        return search(job, 30)
    if case == "names":
        return [job({"data": f"a_rather_long_name_{i}_of_a_data_set"}) for i in range(24)]
    if case == "10 x 10":
        return [job({RATE: str(a), UNITS: str(b)}) for a in np.geomspace(1e-3, 10, 10) for b in range(10)]
    return grid_of(job, [*VALUES], seeds=2)


@pytest.mark.parametrize(
    "case", ["networks", "search", "names", pytest.param("10 x 10", marks=LONG), pytest.param("four keys", marks=LONG)]
)
def test_no_legend_is_long_or_covers_what_is_drawn(job, case):
    figure = comparison(many(job, case))
    FigureCanvasAgg(figure)
    figure.draw_without_rendering()
    areas = [axes.get_window_extent() for axes in figure.axes if axes.axison]
    legends = [axes.get_legend() for axes in figure.axes if axes.get_legend()]
    places = [legend.get_window_extent() for legend in legends]
    assert legends
    assert all(len(legend.get_texts()) <= 10 for legend in legends)
    assert not any(place.overlaps(area) for place in places for area in areas)
    assert all(place.x0 >= 0 and place.x1 <= figure.bbox.width and place.y0 >= 0 for place in places)
    assert figure.get_figwidth() == 12
