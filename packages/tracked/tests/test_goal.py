"""What models are chosen by: the first goal decides, the next between equals."""

import math

import pytest

from tracked import Goal, UserError
from tracked.goal import Metric, best, first, metric, quantity

GAIN_THEN_COST = [Goal("gain", "max"), Goal("cost", "min")]


def test_the_first_goal_decides_and_of_equals_the_next():
    assert best({"a": {"gain": 0.9, "cost": 1.0}, "b": {"gain": 0.8, "cost": 0.1}}, GAIN_THEN_COST) == "a"
    assert best({"a": {"gain": 0.9, "cost": 1.0}, "b": {"gain": 0.9, "cost": 0.1}}, GAIN_THEN_COST) == "b"
    assert best({"a": {"gain": 0.9, "cost": 1.0}, "b": {"gain": 0.9, "cost": 1.0}}, GAIN_THEN_COST) == "a"


def test_of_a_metric_to_be_minimised_the_least_wins():
    rmse = {"worse": {"val_rmse": 25.3}, "better": {"val_rmse": 22.7}, "negative": {"other": -1.0}}
    assert best(rmse, [Goal("val_rmse", "min")]) == "better"
    assert best(rmse, [Goal("val_rmse", "max")]) == "worse"


def test_what_is_no_number_or_absent_is_never_best():
    assert best({"a": {"gain": 0.9, "cost": math.nan}, "b": {"gain": 0.9, "cost": 5.0}}, GAIN_THEN_COST) == "b"
    assert best({"a": {"gain": math.nan}, "b": {"gain": 0.0, "cost": 5.0}}, GAIN_THEN_COST) == "b"
    assert best({"a": {"cost": 1.0}, "b": {"gain": -math.inf}}, GAIN_THEN_COST) is None
    assert best({"a": {"gain": math.inf}}, GAIN_THEN_COST) is None  # an overflow is no gain
    assert best({}, GAIN_THEN_COST) is None
    assert best({"a": {"gain": 1.0}}, []) is None


def test_another_direction_is_refused():
    with pytest.raises(UserError, match='Goal\\("rmse", \'up\'\\): the direction must be "min" or "max"'):
        Goal("rmse", "up")


@pytest.mark.parametrize(
    ("metric", "measures"),
    [
        ("val_rmse", "rmse"),
        ("ridge.test_rmse", "rmse"),
        ("train_f1_macro", "f1_macro"),
        ("f1_macro", "f1_macro"),
        ("f1.macro", "f1.macro"),
        ("test", "test"),
        ("val_", "val_"),
    ],
)
def test_what_a_metric_measures_is_its_name_without_model_and_data(metric, measures):
    assert quantity(metric, ["ridge"]) == measures


def test_a_metric_is_of_a_model_if_there_is_one_of_that_name():
    assert metric("ridge.test_rmse", ["ridge", "svm"]) == Metric("test_rmse", "ridge")
    assert metric("ridge.cv.rmse", ["ridge", "ridge.cv"]) == Metric("rmse", "ridge.cv")
    assert metric("ridge.f1.macro", ["ridge"]).heading == "ridge f1.macro"
    assert metric("f1.macro", ["ridge"]) == Metric("f1.macro")
    assert metric("ridge", ["ridge"]).heading == "ridge"
    assert quantity("val_f1.macro", ["ridge"]) == "f1.macro"


def test_metrics_of_goals_come_first_and_then_what_measures_the_same():
    goals = [Goal("val_rmse", "min"), Goal("val_r2", "max")]
    found = ["seconds", "test_r2", "test_rmse", "val_r2", "a.test_rmse", "val_rmse"]
    assert first(found, goals, ["a"]) == ["val_rmse", "val_r2", "test_rmse", "a.test_rmse", "test_r2", "seconds"]
    assert first(found, []) == found
