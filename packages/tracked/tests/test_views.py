"""The saved views show the project's columns."""

import json

import pytest

from tracked import Goal, Project
from tracked.pages import views


@pytest.mark.parametrize("direction", ["min", "max"])
def test_each_view_has_the_columns_of_the_project_and_one_is_of_its_first_metric(monkeypatch, direction):
    columns = {"attributes.`Run Name`": 200, "duration": 80, "metrics.`test_accuracy`": 100, "metrics.`loss`": 90}
    project = Project(name="a", columns=columns, goals=[Goal("val_accuracy", direction)])
    monkeypatch.setattr(views, "project", lambda: project)
    tags = {key.removeprefix(views.TAG): json.loads(value) for key, value in views.tags().items()}
    assert set(tags) == {"runs", "best", "data", "commit", "experiment"}
    states = {key: json.loads(view["state"]) for key, view in tags.items()}
    for state in states.values():
        assert state["columnWidths"] == columns
        assert state["selectedColumns"] == [name for name in columns if name != "duration"]
    assert tags["best"]["name"] == "Best test accuracy"
    assert states["best"]["orderByKey"] == "metrics.`test_accuracy`"
    assert states["best"]["orderByAsc"] == (direction == "min")  # the best first
