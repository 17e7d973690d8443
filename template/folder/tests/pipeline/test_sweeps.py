"""Sweeps: each job a run, and those that have finished are not run again."""

import re

import pytest

SWEEP = ("tracked", "run", "-m", "train.learning_rate=0.01,0.1")


def test_a_sweep_goes_on_where_it_stopped(finished):
    assert "2 jobs: 2 done, 0 running, 0 skipped, 0 failed" in finished.run(*SWEEP).stdout
    jobs = [run for run in finished.runs() if run["name"].startswith("learning_rate=")]
    assert {run["status"] for run in jobs} == {"FINISHED"}
    assert {run["params"]["train.learning_rate"] for run in jobs} == {"0.01", "0.1"}

    more = finished.run(*SWEEP[:-1], SWEEP[-1] + ",0.3")
    assert "3 jobs: 1 done, 0 running, 2 skipped, 0 failed" in more.stdout
    (report,) = re.findall(r"^compared in (\S+/report\.html);", more.stdout, re.M)
    assert (finished.path / report).with_name("comparison.png").exists()


@pytest.mark.whole
def test_a_diverged_training_is_a_result(finished):
    done = finished.run("tracked", "run", "train", "-m", "train.learning_rate=0.1,1.7e308")
    assert "2 jobs: 2 done" in done.stdout
    assert done.stderr == ""
    assert [run["name"] for run in finished.runs() if run["tags"].get("diverged")] == ["learning_rate=1.7e+308"]
