import copy
from pathlib import Path

import pytest

from digitrack import config
from digitrack.errors import UserError

GOOD = config.load(Path(__file__).parents[1] / "params.yaml")


def test_the_committed_settings_are_valid():
    assert config.validate(GOOD, "params.yaml").seed == GOOD["seed"]


@pytest.mark.parametrize(
    ("section", "key", "value", "told"),
    [
        ("train_numpy", "n_hiden", 3, "train_numpy.n_hiden: there is no such setting"),
        ("train_numpy", "n_hidden", "many", "train_numpy.n_hidden: 'many' is not allowed"),
        ("train_numpy", "learning_rate", -1, "train_numpy.learning_rate: -1 is not allowed"),
        ("train_keras", "n_hidden", 0, "train_keras.n_hidden: 0 is not allowed"),
        ("split", "test", 0.5, "split: train + validation + test must be 1, not 1.3"),
    ],
)
def test_a_bad_setting_is_one_line_that_names_it(section, key, value, told):
    bad = copy.deepcopy(GOOD)
    bad[section][key] = value
    with pytest.raises(UserError) as error:
        config.validate(bad, "params.yaml")
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_setting_is_named():
    bad = copy.deepcopy(GOOD)
    del bad["train_numpy"]["epochs"]
    with pytest.raises(UserError, match=r"train_numpy\.epochs: this setting is missing"):
        config.validate(bad, "params.yaml")


def test_the_fingerprint_ignores_the_order_of_keys():
    assert config.fingerprint({"a": 1, "b": 2}) == config.fingerprint({"b": 2, "a": 1})
    assert config.fingerprint({"a": 1}) != config.fingerprint({"a": 2})
