"""A project as a user meets it who has just made it: real DVC, Hydra and MLflow, and its own tests."""

import pytest

pytestmark = pytest.mark.long


@pytest.mark.parametrize(("kind", "goal"), [("classification", "val_accuracy"), ("regression", "val_rmse")])
def test_it_runs_passes_its_tests_sweeps_and_predicts(make_new, kind, goal):
    mine = make_new(f"KIND={kind}")
    mine.make("test" if kind == "regression" else "lint")  # test_update.py runs the tests of the other kind
    assert mine.run("git", "status", "--short") == ""

    assert "model: val_" in mine.make("repro")
    mine.commit()
    assert "Data and pipelines are up to date." in mine.make("repro")
    assert mine.run("git", "status", "--short") == ""

    assert f"best by {goal}: dvc exp run -S train.penalty=1\n" in mine.make("sweep", "SWEEP=train.penalty=1,10000")
    rows = len((mine.path / "data/test.csv").read_text().splitlines())
    assert len(mine.run("tracked", "predict", "data/test.csv").splitlines()) == rows
