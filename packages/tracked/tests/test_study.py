"""What Optuna is asked to choose from, that it chooses nothing twice, and that it goes on where it was."""

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from tracked.errors import UserError
from tracked.sweeps.study import Study, _distribution

DISTRIBUTIONS = {
    "range(1,10,2.5)": IntDistribution(0, 3),  # by their places
    "range(10,1,-2.5)": IntDistribution(0, 3),
    "range(1,9,3)": IntDistribution(1, 7, step=3),
    "range(9,1,-3)": IntDistribution(3, 9, step=3),
    "tag(log,range(1,200))": IntDistribution(1, 199, log=True),
    "tag(log,interval(0.001,1))": FloatDistribution(0.001, 1, log=True),
    "a,b,a,'b'": CategoricalDistribution(["a", "b"]),
    "shuffle(3,1,2)": CategoricalDistribution(["1", "2", "3"]),
}


def override(values):
    return OverridesParser.create().parse_override(f"key={values}")


@pytest.mark.parametrize("values", DISTRIBUTIONS)
def test_what_hydra_writes_is_what_optuna_chooses_from(values):
    assert _distribution(override(values)) == DISTRIBUTIONS[values]


@pytest.mark.parametrize(
    "values", ["tag(log,choice(1,2))", "tag(log,range(1,10,2.5))", "tag(log,range(1,10,3))", "tag(log,range(0,9))"]
)
def test_what_optuna_can_not_do_is_one_line(values):
    with pytest.raises(UserError, match=r"^key: "):
        _distribution(override(values))


KINDS = [
    ["range(1,10,2.5)"],
    ["range(0.1,0.5,0.1)"],
    ["range(1.71,2.89,0.59)"],  # Hydra's last is 2.8899999999999997
    ["shuffle(range(4.4,-0.7,-0.9))"],
    ["'q r',b,3"],
    ["range(3)", "a,b"],
    ["range(9,1,-3)"],
]


def given(swept):
    return [OverridesParser.create().parse_override(f"k{i}={values}") for i, values in enumerate(swept)]


def cost(values):
    return float(sum(len(value) * (i + 1) for i, value in enumerate(values.values())))


def searched(swept, n, starts=(), at_once=1):
    """The values of the n first trials of a search, which begins anew after each of the numbers `starts`."""
    study, asked = Study(given(swept), seed=0), []
    while left := min(study.most(n) - len(asked), at_once):
        now = study.ask(left)
        asked += now
        for values in now:
            study.tell(values, "COMPLETE", cost(values))
        if len(asked) in starts:
            study = Study(given(swept), seed=0)
            for values in asked:
                study.tell(values, "COMPLETE", cost(values))
    return asked


@pytest.mark.parametrize("swept", KINDS, ids=str)
@pytest.mark.parametrize("at_once", [1, 2])
def test_every_setting_is_asked_for_once_as_the_grid_writes_it(swept, at_once):
    asked = searched(swept, 40, starts=(2, 4), at_once=at_once)
    grids = [set(each.sweep_string_iterator()) for each in given(swept)]
    assert len({tuple(values.values()) for values in asked}) == len(asked) == Study(given(swept), 0).most(40)
    assert [{values[f"k{i}"] for values in asked} for i in range(len(grids))] == grids


@pytest.mark.parametrize("swept", [*KINDS, ["tag(log,interval(0.001,1))", "range(1,200)", "a,b,c"]], ids=str)
def test_a_search_that_was_cut_off_draws_what_it_would_have_drawn(swept):
    assert searched(swept, 20) == searched(swept, 20, starts=(1, 7, 8, 15))


def test_trials_that_failed_or_were_ended_early_are_not_drawn_again():
    study = Study(given(["range(12)"]), seed=0)
    for number in range(4):
        study.tell({"k0": str(number)}, "FAIL")
        study.tell({"k0": str(number + 4)}, "PRUNED", curve={1: 0.5, 2: 0.25})
    assert {values["k0"] for values in study.ask(4)} == {"8", "9", "10", "11"}
    assert [trial.intermediate_values for trial in study.study.get_trials()[1:8:2]] == [{1: 0.5, 2: 0.25}] * 4


@pytest.mark.parametrize(
    "values",
    [{}, {"k0": "0.5"}, {"k0": "2", "k1": "b"}, {"k0": "0.5", "k1": "c"}, {"k0": "${oc.env:HOME}", "k1": "b"},
     {"k0": "0.5", "k1": "b", "k2": "1"}, {"k0": "0.50", "k1": "b"}, {"k0": None, "k1": "b"}, ["0.5", "b"]],
    ids=str,
)  # fmt: skip
def test_values_that_it_can_not_have_drawn_are_not_known(values):
    study = Study(given(["interval(0,1)", "a,b"]), seed=0)
    assert study.knows({"k0": "0.5", "k1": "b"})
    assert not study.knows(values)


def test_a_search_without_an_end_is_as_long_as_it_was_told():
    assert Study([override("interval(0,1)")], seed=0).most(40) == 40
