"""The table of a sweep's jobs, for the terminal and as a file."""

import csv
import math
import re
from types import SimpleNamespace

import numpy as np

from tracked import Goal
from tracked.sweeps import comparison
from tracked.sweeps.job import Job


def finished(values, objective, run_id, metrics):
    return Job(values, values, {}, "", "", state="done", objective=objective, run_id=run_id, metrics=metrics)


def jobs(key, values, **metrics):
    """Jobs whose metrics are given in columns; the first has the smallest objective."""
    return [
        finished({key: str(v)}, 0.1 + i, f"run{i}", {k: float(column[i]) for k, column in metrics.items()})
        for i, v in enumerate(values)
    ]


def test_many_jobs_are_shown_by_their_best():
    made = jobs("a.rate", np.geomspace(1e-4, 1, 60), val_loss=np.arange(60.0))
    lines = comparison.text(made).splitlines()
    assert len(lines) == 22
    assert lines[1].split() == ["0.0001", "0.0000"]
    assert lines[-1] == "... the best 20 of 60"


def test_a_diverged_job_shows_no_figures():
    made = jobs("a.rate", [0.1, 100], val_loss=[0.2, 3.0])
    made[1].objective, made[1].state = math.inf, "diverged"
    assert comparison.text(made).splitlines()[-1].split() == ["100", "diverged"]
    assert comparison.best(made) == made[:1]


def test_of_jobs_that_have_all_diverged_none_is_the_best():
    made = jobs("a.rate", [1e200, 1e300], val_loss=[3.0, 3.0])
    for job in made:
        job.objective = math.inf
    assert comparison.best(made) == []


def test_a_figure_stands_below_its_name_which_says_of_which_model_it_is(monkeypatch):
    project = SimpleNamespace(goals=[], models={"net": "", "softmax": ""})
    monkeypatch.setattr(comparison, "project", lambda: project)
    names = {
        "val_loss": [1, 2],
        "softmax.test_accuracy": [0.5, 0.6],
        "net.test_accuracy": [0.7, 0.8],
        "f1.macro": [1, 2],
    }
    made = jobs("a.rate", [0.1, 1], **names)
    head, *lines = comparison.text(made).splitlines()
    assert re.split("  +", head.strip()) == [
        "rate",
        "val_loss",
        "softmax test_accuracy",
        "net test_accuracy",
        "f1.macro",
    ]
    ends = [found.end() for found in re.finditer(r"\S+( \S+)*", head)]
    for line in lines:
        assert [found.end() for found in re.finditer(r"\S+", line)] == ends
    for job in made:
        job.mean_of = "net, softmax"  # a whole pipeline
    told = comparison.headings(made)
    assert told["val_loss"] == "val_loss (mean of net, softmax)"
    assert told["net.test_accuracy"] == "net test_accuracy"


def test_seeds_alone_are_summed_up(monkeypatch):
    project = SimpleNamespace(goals=[Goal("val_accuracy", "max")], models={})
    monkeypatch.setattr(comparison, "project", lambda: project)
    made = jobs("seed", range(3), val_accuracy=[0.9, 0.8, 0.7])
    assert comparison.text(made).splitlines()[-1].startswith("val_accuracy: mean 0.8000, standard deviation 0.1000")
    for one in made:
        one.run_id = "the same"
    assert "mean" not in comparison.text(made)
    assert "mean" not in comparison.text(jobs("a.rate", range(3), val_accuracy=[0.9, 0.8, 0.7]))


def test_every_metric_is_shown_the_goals_first_as_far_as_there_is_room(monkeypatch):
    project = SimpleNamespace(goals=[Goal("val_rmse", "min"), Goal("val_r2", "max")], models={})
    monkeypatch.setattr(comparison, "project", lambda: project)
    names = {"seconds": [1, 2], "train_r2": [3, 4], "val_r2": [5, 6], "train_rmse": [7, 8], "val_rmse": [9, 10]}
    text = comparison.text(jobs("a.rate", [0.1, 1], **names))
    assert text.splitlines()[0].split() == ["rate", "val_rmse", "val_r2", "train_rmse", "train_r2", "seconds"]
    text = comparison.text(jobs("a.rate", [0.1, 1], **names, more=[1, 2], others=[1, 2]))
    assert text.splitlines()[-1] == "1 more metrics in comparison.csv"


def test_the_file_has_every_figure_a_row_a_job(tmp_path):
    made = jobs("a/kind", ["x", "y"], val_loss=[0.5, 0.25], val_accuracy=[1, 0])
    comparison.write(tmp_path / "table.csv", comparison.table(made))
    with (tmp_path / "table.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [
            ["kind", "val_accuracy", "val_loss", "diverged", "run_id"],
            ["x", "1.0", "0.5", "False", "run0"],
            ["y", "0.0", "0.25", "False", "run1"],
        ]


def job(objective, **values):
    return finished(values, objective, f"run of {values}", {})


def test_the_best_settings_are_so_in_the_mean_of_their_seeds():
    lucky, unlucky = job(0.1, rate="1", seed="0"), job(0.9, rate="1", seed="1")
    steady = [job(0.3, rate="2", seed="0"), job(0.4, rate="2", seed="1")]
    made = [lucky, unlucky, *steady]
    assert comparison.best(made) == steady
    assert comparison.best([lucky, job(math.inf, rate="1", seed="1"), *steady]) == steady


def test_nothing_is_best_by_chance_or_when_all_diverged():
    assert comparison.best([job(0.1, **{"a.seed": "0"}), job(0.2, **{"a.seed": "1"})]) == []
    made = [job(math.inf, rate="1"), job(math.inf, rate="2")]
    assert comparison.best(made) == []
