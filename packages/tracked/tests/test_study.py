"""What Optuna is asked to choose from, and that it chooses nothing twice."""

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


@pytest.mark.parametrize(
    "swept",
    [
        ["range(1,10,2.5)"],
        ["range(0.1,0.5,0.1)"],
        ["range(1.71,2.89,0.59)"],  # Hydra's last is 2.8899999999999997
        ["shuffle(range(4.4,-0.7,-0.9))"],
        ["'q r',b,3"],
        ["range(3)", "a,b"],
        ["range(9,1,-3)"],
    ],
    ids=str,
)
def test_every_setting_is_asked_for_once_as_the_grid_writes_it(tmp_path, swept):
    given = [OverridesParser.create().parse_override(f"k{i}={values}") for i, values in enumerate(swept)]
    study, asked = Study(tmp_path / "s.log", given, seed=0), []
    while n := min(2, study.left(40)):
        asked += (now := study.ask(n))
        study.tell([(str(values), float(len(str(values)))) for values in now])
        if len(asked) == 3:  # and across starts
            study = Study(tmp_path / "s.log", given, seed=0)
    grids = [set(each.sweep_string_iterator()) for each in given]
    assert len({tuple(values.values()) for values in asked}) == len(asked) == study.total(40)
    assert [{values[f"k{i}"] for values in asked} for i in range(len(given))] == grids


def test_a_search_without_an_end_is_as_long_as_it_was_told(tmp_path):
    assert Study(tmp_path / "s.log", [override("interval(0,1)")], seed=0).total(40) == 40
