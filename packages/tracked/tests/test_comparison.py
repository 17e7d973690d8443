"""The table of a sweep's jobs, for the terminal, as a file and on the page."""

import csv
import math
import re
from types import SimpleNamespace

import numpy as np

from tracked.sweeps import comparison, report_page
from tracked.sweeps.comparison import Row


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
    made[1].objective = math.inf
    assert comparison.text(made).splitlines()[-1].split() == ["100", "diverged"]
    assert comparison.best(made) is made[0]


def test_of_jobs_that_have_all_diverged_none_is_the_best(tmp_path):
    made = rows("a.rate", [1e200, 1e300], val_loss=[3.0, 3.0])
    for row in made:
        row.objective = math.inf
    assert comparison.best(made) is None
    report_page.write(tmp_path / "report.html", "a sweep", "val_loss", made, [], {})
    assert "2 jobs; none has a finite val_loss." in (tmp_path / "report.html").read_text()


def test_a_figure_stands_below_its_name_however_long_that_is():
    names = {"val_loss": [1, 2], "softmax.test_accuracy": [0.5, 0.6], "net.test_accuracy": [0.7, 0.8]}
    head, *lines = comparison.text(rows("a.rate", [0.1, 1], **names)).splitlines()
    ends = [found.end() for found in re.finditer(r"\S+", head)]
    for line in lines:
        assert [found.end() for found in re.finditer(r"\S+", line)] == ends
    assert head.split()[1] == "mean_val_loss"  # of both networks


def test_seeds_alone_are_summed_up(monkeypatch):
    project = SimpleNamespace(best=("val_accuracy", "val_loss"), networks={})
    monkeypatch.setattr(comparison, "project", lambda: project)
    made = rows("seed", range(3), val_accuracy=[0.9, 0.8, 0.7])
    assert comparison.text(made).splitlines()[-1].startswith("val_accuracy: mean 0.8000, standard deviation 0.1000")
    assert "mean" not in comparison.text(rows("a.rate", range(3), val_accuracy=[0.9, 0.8, 0.7]))


def test_the_file_has_every_figure_a_row_a_job(tmp_path):
    comparison.write(tmp_path / "table.csv", rows("a/kind", ["x", "y"], val_loss=[0.5, 0.25], val_accuracy=[1, 0]))
    with (tmp_path / "table.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [
            ["kind", "val_loss", "val_accuracy", "diverged", "run_id"],
            ["x", "0.5", "1.0", "False", "run0"],
            ["y", "0.25", "0.0", "False", "run1"],
        ]


def test_the_page_stands_alone_and_escapes_what_users_wrote(tmp_path):
    (tmp_path / "picture.png").write_bytes(b"pixels")
    made = rows("a.kind", ["<b>", "y"], val_loss=[0.5, 0.25])
    report_page.write(tmp_path / "page.html", "<title>", "val_loss", made, [tmp_path / "picture.png"], {"seed": 0})
    page = (tmp_path / "page.html").read_text()
    assert '<img alt="picture" src="data:image/png;base64,cGl4ZWxz">' in page
    assert "best val_loss is 0.1000, with kind=&lt;b&gt;" in page
    assert "<b>" not in page
    assert "seed: 0" in page
