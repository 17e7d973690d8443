"""What is said about chance, against samples whose truth is known."""

from types import SimpleNamespace

import numpy as np
import pytest

from tracked import Goal
from tracked.sweeps import chance


@pytest.fixture(autouse=True)
def _project(monkeypatch):
    goal = Goal("val_accuracy", "max", (0, 1))
    project = SimpleNamespace(models=dict.fromkeys("abc"), goal=lambda name: goal)
    monkeypatch.setattr(chance, "project", lambda: project)


def test_the_interval_of_seeds_covers_the_true_mean_as_often_as_it_says():
    rng, hits = np.random.default_rng(0), 0
    for _ in range(400):
        (line,) = chance.summary({"val_accuracy": rng.normal(0.97, 0.01, 5)})
        low, high = map(float, line.split("of the mean ")[1].split(",")[0].split(" to "))
        hits += low <= 0.97 <= high
    assert 0.92 < hits / 400 < 0.98


@pytest.mark.parametrize(("shift", "verdict"), [(0.01, "they differ"), (0.0, "do not differ beyond chance")])
def test_paired_networks_differ_when_each_seed_says_so(shift, verdict):
    rng = np.random.default_rng(1)
    first = rng.normal(0.97, 0.01, 10)
    second = first - shift + rng.normal(0, 0.001, 10)
    told = chance.summary({"a.test_accuracy": first, "b.test_accuracy": second})
    difference = float(told[-1].removeprefix("a minus b: ").partition(";")[0])
    assert difference == pytest.approx((first - second).mean(), abs=1e-4)
    assert verdict in told[-1]


def test_of_three_networks_every_two_are_compared():
    equal = np.array([0.9, 0.8, 0.7])
    told = chance.summary({f"{name}.test_accuracy": equal for name in "abc"})
    assert [line.split(":")[0] for line in told[:3]] == ["a test_accuracy", "b test_accuracy", "c test_accuracy"]
    assert [line.split(":")[0] for line in told[3:]] == ["a minus b", "a minus c", "b minus c"]
    assert all("(p = 1, paired t-test, Holm-corrected for 3 pairs)" in line for line in told[3:])


def test_two_seeds_are_too_few_for_an_interval_and_for_a_difference():
    told = chance.summary({"a.test_accuracy": np.array([0.9, 0.9]), "b.test_accuracy": np.array([0.1, 0.2])})
    assert [line.rpartition(", ")[2] for line in told[:2]] == ["2 seeds (too few for an interval)"] * 2
    assert told[2] == "a minus b: 2 seeds are too few to tell"


@pytest.mark.parametrize(
    ("values", "ends"),
    [([1, 0.2, 0.9], "0.0000 to 1.0000"), ([95, 99.9, 99], "91.4"), ([-1, 0.5, 0.9], "-2.3549")],
    ids=["a share", "per cent", "below any range"],
)
def test_an_interval_ends_where_the_figure_does(values, ends):
    (line,) = chance.summary({"val_accuracy": np.array(values)})
    assert f"of the mean {ends}" in line


def test_seeds_without_a_number_are_counted_apart():
    (line,) = chance.summary({"val_accuracy": np.array([0.9, np.nan, 0.8, np.inf])})
    assert line.endswith("2 seeds (too few for an interval), 2 more without a number")
