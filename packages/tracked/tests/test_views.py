"""The saved views show the project's columns."""

import json
from types import SimpleNamespace

from tracked.runs import views


def test_each_view_has_the_columns_of_the_project_and_one_is_of_its_first_figure(monkeypatch):
    columns = {"attributes.`Run Name`": 200, "duration": 80, "metrics.`test_accuracy`": 100, "metrics.`loss`": 90}
    monkeypatch.setattr(views, "project", lambda: SimpleNamespace(columns=columns))
    tags = {key.removeprefix(views.TAG): json.loads(value) for key, value in views.tags().items()}
    assert set(tags) == {"runs", "best", "data", "commit", "experiment"}
    states = {key: json.loads(view["state"]) for key, view in tags.items()}
    for state in states.values():
        assert state["columnWidths"] == columns
        assert state["selectedColumns"] == [name for name in columns if name != "duration"]
    assert tags["best"]["name"] == "Best test accuracy"
    assert states["best"]["orderByKey"] == "metrics.`test_accuracy`"
