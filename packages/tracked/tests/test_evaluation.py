"""What an evaluation knows of the trainings of its models."""

import math
from types import SimpleNamespace

import pytest

from tracked import Goal, Project
from tracked.runs import evaluation
from tracked.runs.evaluation import Evaluation


@pytest.mark.parametrize(("tags", "gain"), [({}, 0.9), ({"diverged": "true"}, math.nan)])
def test_what_a_training_that_diverged_came_to_before_is_not_its_metric(monkeypatch, tags, gain):
    """MLflow has the last finite value of it."""
    monkeypatch.setattr(evaluation, "project", lambda: Project("a", goals=[Goal("gain", "max")], models={"m": "m"}))
    found = Evaluation.__new__(Evaluation)
    found.evaluated = {"m": {"test_gain": 0.8}}
    found.trainings = {"m": [SimpleNamespace(data=SimpleNamespace(metrics={"gain": 0.9, "seconds": 3.0}, tags=tags))]}
    assert found.known == {"m": pytest.approx({"gain": gain, "seconds": 3.0, "test_gain": 0.8}, nan_ok=True)}
