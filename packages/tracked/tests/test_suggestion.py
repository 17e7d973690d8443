"""What a misspelt setting was meant to be."""

from dataclasses import dataclass

import pytest

from tracked.settings.suggestion import fields, keys, meant

SETTINGS = {"seed": 0, "fit": {"n_hidden": 5, "rule": {"rate": 0.1}}, "other": {"n_hidden": 5, "epochs": 3}}


@dataclass
class Rule:
    rate: float


@dataclass
class Fit:
    n_hidden: int
    rule: Rule | None = None


@dataclass
class Settings:
    seed: int
    fit: "Fit"


@pytest.mark.parametrize(
    ("key", "question"),
    [
        ("fit.n_hiden", "did you mean fit.n_hidden?"),
        ("other.n_hiden", "did you mean other.n_hidden?"),
        ("fti.n_hidden", "did you mean fit.n_hidden?"),
        ("fit.rule.rat", "did you mean fit.rule.rate?"),
        ("sed", "did you mean seed?"),
        ("n_hidden", "did you mean fit.n_hidden or other.n_hidden?"),
        ("epochs", "did you mean other.epochs?"),
        ("fit.momentum", ""),
        ("nothing", ""),
    ],
)
def test_a_key_that_is_like_one_is_asked_for(key, question):
    assert meant(key, keys(SETTINGS)) == question


def test_a_schema_tells_the_names_of_a_section():
    assert fields(Settings, []) == ["seed", "fit"]
    assert fields(Settings, ["fit"]) == ["n_hidden", "rule"]
    assert fields(Settings, ["fit", "rule"]) == ["rate"]  # of a section that may be missing
    assert fields(Settings, ["seed"]) == fields(Settings, ["none", "there"]) == fields(dict, []) == []


def test_stages_and_sweeps_ask(tiny):
    wrong = "error: there is no setting fit_fast.rat: did you mean fit_fast.rate?\n"
    assert tiny.run("tracked", "run", "fit_fast", "fit_fast.rat=3", ok=False).stderr == wrong
    assert tiny.run("tracked", "run", "fit_fast", "-m", "fit_fast.rat=3,4", ok=False).stderr == wrong
    left_out = tiny.run("tracked", "run", "fit_fast", "~fit_fast.rat", ok=False)
    assert left_out.stderr == "error: there is no setting fit_fast.rat to leave out: did you mean fit_fast.rate?\n"
