import copy
import dataclasses
from pathlib import Path
from typing import get_type_hints

import pytest
from pydantic import TypeAdapter

from pipeline.settings import Settings
from tracked.errors import UserError
from tracked.settings.loading import load
from tracked.settings.validation import validate

GOOD = load(Path(__file__).parents[2] / "params.yaml")


def test_the_committed_settings_are_valid():
    assert validate(GOOD, "params.yaml").seed == GOOD["seed"]


@pytest.mark.parametrize(
    ("section", "key", "value", "told"),
    [
        ("train_numpy", "n_hiden", 3, "train_numpy.n_hiden: there is no such setting"),
        ("train_numpy", "n_hidden", "many", "train_numpy.n_hidden: 'many' is not allowed"),
        ("train_numpy", "learning_rate", -1, "train_numpy.learning_rate: -1 is not allowed"),
        ("train_keras", "n_hidden", 0, "train_keras.n_hidden: 0 is not allowed"),
        ("train_numpy", "early_stopping", 0, "train_numpy.early_stopping: 0 is not allowed"),
        ("train_numpy", "l2", -1, "train_numpy.l2: -1 is not allowed"),
        ("train_keras", "l2", "little", "train_keras.l2: 'little' is not allowed"),
        ("train_keras", "rate_decay", 1.5, "train_keras.rate_decay: 1.5 is not allowed"),
        ("train_numpy", "rate_decay", 0, "train_numpy.rate_decay: 0 is not allowed"),
        ("split", "scaling", "none", "split.scaling: 'none' is not allowed"),
        ("split", "test", 0.5, "split: train + validation + test must be 1, not 1.3"),
    ],
)
def test_a_bad_setting_is_one_line_that_names_it(section, key, value, told):
    bad = copy.deepcopy(GOOD)
    bad[section][key] = value
    with pytest.raises(UserError) as error:
        validate(bad, "params.yaml")
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_conf_names_every_option():
    """So that --help shows it, Tab completes it, and a command line needs no plus."""
    named = {key: set(GOOD[key]) for key in ("split", "train_keras", "train_numpy", "evaluate")}
    sections = get_type_hints(Settings)
    assert named == {key: {field.name for field in dataclasses.fields(sections[key])} for key in named}


def test_a_schedule_does_not_decay_once_more():
    bad = copy.deepcopy(GOOD)
    decay = {"_target_": "keras.optimizers.schedules.CosineDecay", "initial_learning_rate": 0.1, "decay_steps": 9}
    bad["train_keras"] |= {"rate_decay": 0.9, "optimizer": {"_target_": "keras.optimizers.SGD", "learning_rate": decay}}
    with pytest.raises(
        UserError, match=r"^params\.yaml: train_keras: rate_decay needs .*number, but .* is a schedule$"
    ):
        validate(bad, "params.yaml")


def test_a_missing_setting_is_named():
    bad = copy.deepcopy(GOOD)
    del bad["train_numpy"]["epochs"]
    with pytest.raises(UserError, match=r"train_numpy\.epochs: this setting is missing"):
        validate(bad, "params.yaml")


def test_the_schema_changes_nothing_that_it_lets_through():
    """Stages do not depend on it: it must not be able to alter what they put out."""
    assert TypeAdapter(Settings).dump_python(validate(GOOD, "params.yaml")) == GOOD
