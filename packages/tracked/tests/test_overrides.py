"""What a sweep's file and the command line vary, in which combinations, and how that is shown."""

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from tracked.errors import UserError
from tracked.sweeps import overrides
from tracked.sweeps.values import apart, beside, title

FILE = {"train_keras.optimizer.learning_rate": "1,2", "train_numpy.learning_rate": "1,2"}


def swept(*lines):
    return OverridesParser.create().parse_overrides([*lines])


def test_every_combination_of_values():
    found = [*overrides.combinations(swept("a=1,2", "b=range(2)"))]
    assert found == [{"a": a, "b": b} for a in "12" for b in "01"]


def test_what_a_file_varies_in_several_trainings_goes_side_by_side():
    given = swept(*(f"{key}={value}" for key, value in FILE.items()), "seed=0,1")
    together = overrides.together(FILE, ["seed=0,1"], given)
    assert together == tuple(FILE)
    found = [*overrides.combinations(given, together)]
    assert [[*job.values()] for job in found] == [["1", "1", "0"], ["1", "1", "1"], ["2", "2", "0"], ["2", "2", "1"]]
    assert [*found[0]] == [*FILE, "seed"]
    assert title(beside(found[1], together)) == "learning_rate=1, seed=1"


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [(["train_numpy.learning_rate=3,4"], [*FILE]), ([], ["train_numpy.learning_rate"])],
    ids=["said on the command line", "of one training"],
)
def test_nothing_else_goes_side_by_side(arguments, keys):
    assert overrides.together(FILE, arguments, swept(*(f"{key}=1,2" for key in keys))) == ()


def test_as_many_values_of_each_are_needed_side_by_side():
    with pytest.raises(UserError, match=r"as many values of each: 2 of a, 3 of b$"):
        [*overrides.combinations(swept("a=1,2", "b=1,2,3"), ("a", "b"))]


def test_values_side_by_side_are_shown_as_one():
    together = ("train_keras/kernel_initializer", "train_numpy/kernel_initializer")
    assert beside(dict(zip(together, ["zeros", "zeros"], strict=True)), together) == {"kernel_initializer": "zeros"}
    assert beside(dict(zip(together, ["a", "b"], strict=True)), together) == {"kernel_initializer": "a | b"}


def test_a_single_value_in_a_sweeps_file_is_refused_as_it_would_change_nothing():
    with pytest.raises(UserError, match=r"^seed=1: give several values in hydra\.sweeper\.params"):
        overrides.given({"seed": "1"}, [], "train_numpy", None)


def test_the_values_of_a_key_are_given_once():
    with pytest.raises(UserError, match=r"^seed=1,2 and \+\+seed=3,4: give the values of a key once$"):
        overrides.given({}, ["seed=1,2", "++seed=3,4"], "train_numpy", None)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        (["0.12345678", "0.12345679", "0.5"], ["0.12345678", "0.12345679", "0.5"]),
        (["0.12345678", "0.2"], ["0.1235", "0.2"]),
        (["4000000001", "4000000002"], ["4000000001", "4000000002"]),
        (["0.100000000", "0.1000000000"], ["0.1", "0.1"]),  # the same
    ],
)
def test_as_many_digits_are_shown_as_tell_values_apart(values, named):
    assert [title({"a.rate": value}, {"a.rate": apart(values)}) for value in values] == [f"rate={n}" for n in named]
