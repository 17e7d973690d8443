"""The page of a configuration has the metrics of its best model."""

import math

import pytest

from tracked import Goal, Project
from tracked.runs import configuration_page
from tracked.runs.configuration_page import ConfigurationPage
from tracked.store.batch import Batch


@pytest.fixture
def page(monkeypatch):
    told = Project(name="a", goals=[Goal("gain", "max"), Goal("cost", "min")], models={"a": "m/a", "b": "m/b"})
    monkeypatch.setattr(configuration_page, "project", lambda: told)
    made = ConfigurationPage.__new__(ConfigurationPage)
    made.metrics, made.batch, made.diverged = {}, Batch(), set()
    return made


def best_of(page):
    page.add_best({})
    return [tag.value for tag in page.batch.tags if tag.key == "best_model"]


def test_a_model_that_diverged_is_not_the_best_by_what_it_came_to_before(page):
    page.metrics = {"gain/a": 0.9, "cost/a": 0.1}  # as the store has them: of the steps before
    page.add_training("b", [{"gain": 0.5, "cost": 0.5}], {}, False)
    page.add_training("a", [{"gain": 0.9, "cost": 0.1}, {"gain": 0.9, "cost": math.nan}], {}, True)
    assert best_of(page) == ["b"]
    page.add_training("b", [{"gain": 0.5, "cost": 0.5}], {}, False)
    assert best_of(page) == ["b", "b"]  # and so it stays
    page.add_training("a", [{"gain": 0.9, "cost": 0.1}], {}, False)
    assert best_of(page)[-1] == "a"  # until it is trained better


def test_where_all_have_diverged_none_is_the_best(page):
    for model in "ab":
        page.add_training(model, [{"gain": math.inf, "cost": 0.1}], {}, True)
    assert best_of(page) == []


def test_a_training_without_steps_is_shown_by_the_metrics_of_the_goals(page):
    page.add_training("a", [], {"gain": 0.4, "seconds": 3.0}, False)
    page.add_training("b", [], {"gain": 0.5}, False)
    assert best_of(page) == ["b"]
    assert {metric.key for metric in page.batch.metrics} == {"gain/a", "gain/b", "gain"}
