"""The best on validation data: the first figure decides, the second between equals."""

import math
from types import SimpleNamespace

import pytest

from tracked.runs import best as module


@pytest.fixture
def best(monkeypatch):
    monkeypatch.setattr(module, "project", lambda: SimpleNamespace(best=("gain", "cost")))
    return module.best


def test_the_higher_gain_wins_and_of_equals_the_lower_cost(best):
    assert best({"a": {"gain": 0.9, "cost": 1.0}, "b": {"gain": 0.8, "cost": 0.1}}) == "a"
    assert best({"a": {"gain": 0.9, "cost": 1.0}, "b": {"gain": 0.9, "cost": 0.1}}) == "b"


def test_what_diverged_loses_and_nothing_known_has_no_best(best):
    assert best({"a": {"gain": 0.9, "cost": math.nan}, "b": {"gain": 0.9, "cost": 5.0}}) == "b"
    assert best({"a": {"gain": math.nan, "cost": math.nan}, "b": {"gain": 0.0, "cost": 5.0}}) == "b"
    assert best({"a": {"gain": math.nan, "cost": math.nan}, "b": {}}) is None
    assert best({}) is None


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_has_a_figure_that_is_no_number_is_never_best(best, value):
    assert best({"a": {"gain": value, "cost": 1.0}, "b": {"gain": 0.1, "cost": 5.0}}) == "b"
    assert best({"a": {"gain": 0.9, "cost": value}, "b": {"gain": 0.1, "cost": 5.0}}) == "b"
    assert best({"a": {"gain": 0.9, "cost": value}}) is None


def test_what_lacks_a_figure_comes_after_what_has_it(best):
    assert best({"a": {"cost": 1.0}, "b": {"gain": 0.1}}) == "b"
    assert best({"a": {"gain": 0.1}, "b": {"gain": 0.1, "cost": 9.0}}) == "b"
    assert best({"a": {"cost": 1.0}, "b": {}}) == "a"
