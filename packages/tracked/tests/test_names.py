"""Runs are named by what ran and by what differs from the settings of the last commit."""

import pytest

from tracked.pages import names

SCRIPT = """
from pathlib import Path
from tracked.pages import names
from tracked.settings.loading import load
settings = load(Path("params.yaml"))
changed = {**settings, "seed": 3, "fit_slow": {**settings["fit_slow"], "rate": 0.5}}
many = {**changed, "fit_slow": {"rate": 1, "epochs": 2, "more": None}, "fit_fast": {"rate": 3, "epochs": 4}}
print(names.of_configuration("all", settings))
print(names.of_configuration("all", changed))
print(names.of_configuration("fit_slow", changed))
print(names.of_configuration("all", many))
print(names.of_configuration("all", {**many, "seed": 4}))
print(names.of_stage("fit_slow", changed))
print(names.of_stage("fit_fast", changed))
print(names.of_stage("make", changed))
print([names.started_alone(name) for name in ("fit_slow, seed=3", "pipeline, seed=3", "brave-ant")])
"""


def test_what_differs_from_the_commit_names_a_run(tiny):
    commit = tiny.run("git", "rev-parse", "--short", "HEAD").stdout.strip()
    assert tiny.python(SCRIPT).stdout.splitlines() == [
        f"pipeline, as in {commit}",
        "pipeline, fit_slow.rate=0.5, seed=3",
        "fit_slow, rate=0.5, seed=3",
        "pipeline, fit_fast.rate=3, fit_fast.epochs=4, fit_slow.rate=1, fit_slow.epochs=2, 1 more (ca44)",
        "pipeline, fit_fast.rate=3, fit_fast.epochs=4, fit_slow.rate=1, fit_slow.epochs=2, 1 more (23b5)",
        "fit_slow, rate=0.5, seed=3",  # `make` reads the seed
        "fit_fast, seed=3",
        "make",
        "['fit_slow', None, None]",
    ]


def test_without_a_commit_what_ran_is_all_that_is_known(tiny):
    (tiny.path / ".git").rename(tiny.path / "no-git")
    first, second, *_ = tiny.python(SCRIPT).stdout.splitlines()
    assert first == second == "pipeline"


@pytest.mark.parametrize("n", [0, 249, 250, 251, 1000])
def test_a_name_is_as_long_as_mlflows_column_at_most(n):
    name = "ü" * n
    cut = names.cut(name)
    assert len(cut) == min(n, 250)
    assert (cut == name) == (n <= 250)
    assert cut.removesuffix(" ...") in name
