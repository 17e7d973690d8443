"""Values that Hydra would read otherwise are said to need quotes, and which."""

import shlex

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from tracked.errors import UserError
from tracked.settings.quoting import check, refuse_sweeps

ODD = [
    "inputs/iris (1).csv",
    "a=b.csv",
    "x{y}.csv",
    "it's.csv",
    "a[1].csv",
    "é#.csv",
    'say "x" (2)',
    "a&b (c)",
    "x;y (1)",
]


def advised(message):
    """The override that a message says to type, as a shell reads it, and Hydra."""
    (word,) = shlex.split(message.rpartition("quoted: ")[2])
    return OverridesParser.create().parse_override(word)


@pytest.mark.parametrize("value", ODD)
def test_what_hydra_can_not_read_comes_with_what_it_can(value):
    with pytest.raises(UserError) as refused:
        check(["seed=1", f"data.path={value}"])
    assert str(refused.value).startswith(f"data.path={value}: ")
    assert advised(str(refused.value)).value() == value


def test_several_values_without_a_sweep_are_refused_with_both_remedies():
    with pytest.raises(UserError, match="several values make a sweep, with -m before them; one value") as refused:
        refuse_sweeps(["data.path=inputs/a,b.csv"])
    assert advised(str(refused.value)).value() == "inputs/a,b.csv"
    for swept in ("n=range(1,4)", "n=choice(1,2)", "n=interval(0,1)"):
        with pytest.raises(UserError, match=r"with -m before them$"):
            refuse_sweeps([swept])


def test_other_overrides_are_left_alone():
    given = [
        "a=1",
        "+b=[1,2]",
        "c={d: e}",
        "~f",
        "g='a, b'",
        'h="x (1)"',
        "i=x:y",
        "j=50%",
        "k=",
        "group/x=y",
        "l=a/b.c",
    ]
    check(given)
    refuse_sweeps(given)
    check(["nothing", "=3", "a.b"])  # Hydra says itself what these lack


def test_a_stage_says_so(tiny):
    done = tiny.run("tracked", "run", "fit_fast", "fit_fast.rate=0.1 (2)", ok=False)
    told = "error: fit_fast.rate=0.1 (2): Hydra can't read this value unless it is quoted: 'fit_fast.rate=\"0.1 (2)\"'"
    assert done.stderr.splitlines() == [told]
    done = tiny.run("tracked", "run", "fit_fast", "fit_fast.rate=0.1,0.2", ok=False)
    assert done.stderr.startswith(
        "error: fit_fast.rate=0.1,0.2: several values make a sweep, with -m before them; one "
    )
