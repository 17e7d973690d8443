"""Settings that name code: what is not listed is neither imported nor called."""

import inspect
import sys

import pytest

from digitrack import Refused
from pipeline.objects import INITIALIZERS, NAMES, OPTIMIZERS, SCHEDULES, maker

LISTED = {"_target_": "sklearn.datasets.load_digits"}
UNLISTED = [
    {"_target_": "this"},
    {"_target_": "os.getcwd"},
    {"_target_": "sklearn.datasets._base.os.system", "_args_": ["exit"]},
    {"_target_": "sklearn.datasets.fetch_olivetti_faces"},
    {"_target_": "keras.utils.get_file"},
    {"_target_": "sklearn.datasets.load_digits "},
    {},
    {**LISTED, "n_class": {"_target_": "this.that"}},
    {**LISTED, "n_class": [[{"_target_": "this.that"}]]},
    {**LISTED, "n_class": {"a": {"_target_": "this.that"}}},
    {**LISTED, "_args_": [1]},
    {**LISTED, "_partial_": True},
    {**LISTED, "_convert_": "all"},
    {**LISTED, "_recursive_": False},
]


@pytest.mark.parametrize("node", UNLISTED, ids=str)
def test_what_is_not_listed_is_refused_and_not_imported(node):
    with pytest.raises(Refused, match=r"^data"):
        maker(node, "data")()
    assert "this" not in sys.modules


def test_what_is_listed_is_made_with_its_arguments():
    assert set(maker({**LISTED, "n_class": 3}, "data")().target) == {0, 1, 2}


@pytest.mark.whole
@pytest.mark.parametrize(
    ("listed", "module", "base", "left_out"),
    [
        (OPTIMIZERS, "optimizers", "Optimizer", {"Optimizer", "LossScaleOptimizer", "MultiOptimizer"}),
        (SCHEDULES, "optimizers.schedules", "LearningRateSchedule", {"LearningRateSchedule"}),
        (INITIALIZERS, "initializers", "Initializer", {"Initializer", "STFT", "STFTInitializer"}),
    ],
)
def test_the_lists_hold_what_keras_has(listed, module, base, left_out):
    from digitrack.keras_net.quiet import keras

    home = keras
    for part in module.split("."):
        home = getattr(home, part)
    found = {
        name
        for name, value in vars(home).items()
        if inspect.isclass(value) and issubclass(value, getattr(home, base)) and name[0].isupper()
    }
    assert {name.rpartition(".")[2] for name in listed} == found - left_out
    assert set(listed) <= NAMES


@pytest.mark.whole
def test_every_optimizer_and_initializer_trains_with_its_own_defaults():
    from digitrack.keras_net.check import check

    for optimizer in OPTIMIZERS:
        check(maker({"_target_": optimizer}, "o"), maker({"_target_": INITIALIZERS[0]}, "i"))
    for initializer in INITIALIZERS:
        check(maker({"_target_": OPTIMIZERS[-1]}, "o"), maker({"_target_": initializer}, "i"))
