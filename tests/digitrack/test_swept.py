"""The module digitrack.plots.swept."""

import math

import numpy as np
import pytest
from scipy import stats

from digitrack.plots import swept

RATE, UNITS, OPTIMIZER = "train_numpy.learning_rate", "train_numpy.n_hidden", "train_keras/optimizer"


@pytest.mark.parametrize("key", ["seed", "+seed", "~seed", "train_numpy.seed", "+train_keras.seed"])
def test_jobs_that_differ_in_a_seed_alone_are_repeats_of_one_setting(job, key):
    rows = [job({RATE: rate, key: str(seed)}) for seed in range(3) for rate in ("0.1", "0.01")]
    of = swept.settings(rows)
    assert [setting.values for setting in of] == [{RATE: "0.01"}, {RATE: "0.1"}]
    assert [len(setting.rows) for setting in of] == [3, 3]
    assert swept.varied(of) == [RATE]
    assert swept.settings([job({"train.seeds": str(n)}) for n in range(2)])[1].values == {"train.seeds": "1"}


@pytest.mark.parametrize("n", [3, 5, 10])
def test_the_interval_of_the_mean_is_scipys(n):
    values = np.random.default_rng(n).normal(5, 0.5, (n, 4))
    mean, low, high = swept.interval(values, "val_loss")
    expected = stats.t.interval(0.95, n - 1, values.mean(axis=0), stats.sem(values))
    np.testing.assert_allclose([mean, low, high], [values.mean(axis=0), *expected])


def test_the_interval_of_two_is_between_them_and_one_has_none():
    assert [float(end) for end in swept.interval(np.array([3.0, 1.0]), "val_loss")] == [2, 1, 3]
    mean, low, high = swept.interval(np.array([3.0]), "val_loss")
    assert mean == 3
    assert np.isnan([low, high]).all()


def test_the_interval_ends_where_the_figure_does_and_equal_seeds_have_one_of_no_width():
    _, low, high = swept.interval(np.array([0.8, 0.9, 1.0]), "val_accuracy")
    assert 0.6 < low < high == 1
    assert swept.interval(np.array([0.1, 0.2, 2.0]), "val_loss")[1] == 0
    assert [float(end) for end in swept.interval(np.full(3, 0.5), "val_loss")] == [0.5, 0.5, 0.5]


def test_a_diverged_seed_leaves_its_setting_no_mean_and_the_others_theirs(job):
    rows = [job({RATE: rate, "seed": seed}, diverged=(rate, seed) == ("1", "0")) for rate in "12" for seed in "01"]
    lost, sound = swept.settings(rows)
    assert lost.diverged
    assert np.isnan(lost.final("val_loss")).all()
    assert np.isfinite(sound.final("val_loss")).all()
    assert swept.best([lost, sound]) is sound
    assert swept.best([lost]) is None


def test_a_mean_curve_goes_as_far_as_all_seeds_do(job):
    rows = [job({"seed": str(seed)}) for seed in range(3)]
    rows[1].curves["val_loss"].pop()
    (setting,) = swept.settings(rows)
    assert setting.curve("val_loss").shape == (3, 2)
    assert setting.curve("train_loss").shape == (3, 3)
    assert setting.curve("none").shape == (3, 0)


def test_pictures_say_what_their_bars_are(job):
    def notes(*counts):
        return swept.notes(
            swept.settings(
                [job({RATE: str(i), "seed": str(n)}) for i, count in enumerate(counts) for n in range(count)]
            )
        )

    assert notes(1, 1) == []
    assert notes(5, 5) == ["mean of 5 seeds; bars and bands: 95 % t-interval of the mean"]
    assert notes(2) == ["mean of 2 seeds; bars and bands: with two seeds, from the smaller to the larger value"]
    assert "95 %" in notes(2, 3)[0]
    assert "two seeds" in notes(2, 3)[0]
    assert "mean of 2 to 3 seeds" in notes(2, 3)[0]


def test_keys_with_numbers_come_first_and_of_these_that_with_most_values(job):
    rows = [job({OPTIMIZER: o, UNITS: u, RATE: r, "same": "1"}) for o in "abcd" for u in "12" for r in "123"]
    assert swept.varied(swept.settings(rows)) == [RATE, UNITS, OPTIMIZER]


def test_parts_are_all_settings_once_whatever_their_titles(job):
    long = [f"{'a' * 30}{i}{'b' * 30}" for i in range(3)]
    of = swept.settings([job({RATE: rate, "data": name}) for rate in "12" for name in long])
    parts = swept.parts(of, ["data"])
    assert [len(some) for _, some in parts] == [2, 2, 2]
    assert len({id(setting) for _, some in parts for setting in some}) == 6


def test_labels_are_short_and_values_keep_their_order():
    assert swept.text("0.044303752452182654") == "0.0443"
    assert swept.text("20240101") == "20240101"
    assert swept.text("$x") == r"\$x"
    assert len(swept.text("x" * 100)) == 40
    assert [swept.short(key) for key in (RATE, OPTIMIZER, "+seed")] == ["learning_rate", "optimizer", "seed"]
    assert swept.names(["a.n", "b.n", "c"]) == {"a.n": "a.n", "b.n": "b.n", "c": "c"}
    assert swept.in_order(["10", "9", "0.1", "9"]) == ["0.1", "9", "10"]
    assert swept.in_order(["sgd", "adam"]) == ["sgd", "adam"]
    assert math.isnan(swept.number("inf"))
