"""The table of a sweep's jobs, for the terminal, as a file and on the page."""

import csv
import math
import re
from types import SimpleNamespace

import numpy as np

from tracked import Goal
from tracked.sweeps import comparison, report_page
from tracked.sweeps.comparison import Row

LOSS = Goal("val_loss", "min")


def rows(key, values, **metrics):
    """Rows whose figures are given in columns; the first has the smallest objective."""
    return [
        Row(
            {key: str(v)}, 0.1 + i, f"run{i}", {k: float(column[i]) for k, column in metrics.items()}, {}, {key: str(v)}
        )
        for i, v in enumerate(values)
    ]


def test_many_jobs_are_shown_by_their_best():
    made = rows("a.rate", np.geomspace(1e-4, 1, 60), val_loss=np.arange(60.0))
    lines = comparison.text(made).splitlines()
    assert len(lines) == 22
    assert lines[1].split() == ["0.0001", "0.0000"]
    assert lines[-1] == "... the best 20 of 60"


def test_a_diverged_job_shows_no_figures():
    made = rows("a.rate", [0.1, 100], val_loss=[0.2, 3.0])
    made[1].objective, made[1].diverged = math.inf, True
    assert comparison.text(made).splitlines()[-1].split() == ["100", "diverged"]
    assert comparison.best(made) == made[:1]


def test_of_jobs_that_have_all_diverged_none_is_the_best(tmp_path):
    made = rows("a.rate", [1e200, 1e300], val_loss=[3.0, 3.0])
    for row in made:
        row.objective = math.inf
    assert comparison.best(made) == []
    report_page.write(tmp_path / "report.html", "a sweep", LOSS, made, [], [], {})
    assert "2 jobs; none has a finite val_loss." in (tmp_path / "report.html").read_text()


def test_a_figure_stands_below_its_name_however_long_that_is():
    names = {"val_loss": [1, 2], "softmax.test_accuracy": [0.5, 0.6], "net.test_accuracy": [0.7, 0.8]}
    head, *lines = comparison.text(rows("a.rate", [0.1, 1], **names)).splitlines()
    ends = [found.end() for found in re.finditer(r"\S+", head)]
    for line in lines:
        assert [found.end() for found in re.finditer(r"\S+", line)] == ends
    assert head.split()[1] == "mean_val_loss"  # of both networks


def test_seeds_alone_are_summed_up(monkeypatch):
    project = SimpleNamespace(goals=[Goal("val_accuracy", "max")], models={})
    monkeypatch.setattr(comparison, "project", lambda: project)
    made = rows("seed", range(3), val_accuracy=[0.9, 0.8, 0.7])
    assert comparison.text(made).splitlines()[-1].startswith("val_accuracy: mean 0.8000, standard deviation 0.1000")
    for one in made:
        one.run_id = "the same"
    assert "mean" not in comparison.text(made)
    assert "mean" not in comparison.text(rows("a.rate", range(3), val_accuracy=[0.9, 0.8, 0.7]))


def test_every_metric_is_shown_the_goals_first_as_far_as_there_is_room(monkeypatch):
    project = SimpleNamespace(goals=[Goal("val_rmse", "min"), Goal("val_r2", "max")], models={})
    monkeypatch.setattr(comparison, "project", lambda: project)
    names = {"seconds": [1, 2], "train_r2": [3, 4], "val_r2": [5, 6], "train_rmse": [7, 8], "val_rmse": [9, 10]}
    text = comparison.text(rows("a.rate", [0.1, 1], **names))
    assert text.splitlines()[0].split() == ["rate", "val_rmse", "val_r2", "train_rmse", "train_r2", "seconds"]
    text = comparison.text(rows("a.rate", [0.1, 1], **names, more=[1, 2], others=[1, 2]))
    assert text.splitlines()[-1] == "1 more metrics in comparison.csv"


def test_the_file_has_every_figure_a_row_a_job(tmp_path):
    comparison.write(tmp_path / "table.csv", rows("a/kind", ["x", "y"], val_loss=[0.5, 0.25], val_accuracy=[1, 0]))
    with (tmp_path / "table.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [
            ["kind", "val_accuracy", "val_loss", "diverged", "run_id"],
            ["x", "1.0", "0.5", "False", "run0"],
            ["y", "0.0", "0.25", "False", "run1"],
        ]


def test_the_page_stands_alone_and_escapes_what_users_wrote(tmp_path):
    (tmp_path / "picture.png").write_bytes(b"pixels")
    made = rows("a.kind", ["<b>", "y"], val_loss=[-0.5, 0.25])
    report_page.write(tmp_path / "page.html", "<title>", LOSS, made, made[:1], [tmp_path / "picture.png"], {"seed": 0})
    page = (tmp_path / "page.html").read_text()
    assert '<img alt="picture" src="data:image/png;base64,cGl4ZWxz">' in page
    assert "best val_loss is 0.1000, with kind=&lt;b&gt;" in page
    assert "<b>" not in page
    assert "seed: 0" in page


def row(objective, **values):
    return Row(values, objective, "run", {}, {}, values)


def test_the_best_settings_are_so_in_the_mean_of_their_seeds(tmp_path):
    lucky, unlucky = row(0.1, rate="1", seed="0"), row(0.9, rate="1", seed="1")
    steady = [row(0.3, rate="2", seed="0"), row(0.4, rate="2", seed="1")]
    made = [lucky, unlucky, *steady]
    assert comparison.best(made) == steady
    assert comparison.best([lucky, row(math.inf, rate="1", seed="1"), *steady]) == steady
    report_page.write(tmp_path / "page.html", "a", LOSS, made, steady, [], {})
    assert "the best val_loss, the mean of 2 seeds, is 0.3500, with rate=2." in (tmp_path / "page.html").read_text()


def test_nothing_is_best_by_chance_or_when_all_diverged(tmp_path):
    assert comparison.best([row(0.1, **{"a.seed": "0"}), row(0.2, **{"a.seed": "1"})]) == []
    made = [row(math.inf, rate="1"), row(math.inf, rate="2")]
    assert comparison.best(made) == []
    report_page.write(tmp_path / "page.html", "a", LOSS, made, [], [], {})
    assert "2 jobs; none has a finite val_loss." in (tmp_path / "page.html").read_text()
