"""The page of a configuration has the figures of its best network."""

import math
from types import SimpleNamespace

import pytest

from tracked.runs import best, configuration_page
from tracked.runs.batch import Batch
from tracked.runs.configuration_page import ConfigurationPage


@pytest.fixture
def page(monkeypatch):
    told = SimpleNamespace(best=("gain", "cost"), networks={"a": "fit_a", "b": "fit_b"})
    monkeypatch.setattr(configuration_page, "project", lambda: told)
    monkeypatch.setattr(best, "project", lambda: told)
    made = ConfigurationPage.__new__(ConfigurationPage)
    made.figures, made.batch = {}, Batch()
    return made


def best_of(page):
    page.add_best({})
    return [tag.value for tag in page.batch.tags if tag.key == "best_net"]


def test_a_network_that_diverged_is_not_the_best_by_what_it_came_to_before(page):
    page.figures = {"gain/a": 0.9, "cost/a": 0.1}  # as the store has them: of the epochs before
    page.add_curves("b", [{"gain": 0.5, "cost": 0.5}])
    page.add_curves("a", [{"gain": 0.9, "cost": 0.1}, {"gain": 0.9, "cost": math.nan}])
    assert best_of(page) == ["b"]


def test_where_all_have_diverged_none_is_the_best(page):
    for network in "ab":
        page.add_curves(network, [{"gain": math.inf, "cost": 0.1}])
    assert best_of(page) == []
