"""`tracked runs` and `tracked diff`."""

import csv
import io
import shutil

import pytest

FIT = ("tracked", "run", "fit_slow")


@pytest.fixture(scope="module")
def two(tiny_ran, tmp_path_factory):
    """A repository, and the ids of two runs: before and after a setting and a line of code were changed."""
    folder = tmp_path_factory.mktemp("two") / "tiny"
    shutil.copytree(tiny_ran.path, folder, symlinks=True)
    tiny = type(tiny_ran)(folder)
    tiny.run(*FIT, "fit_slow.epochs=2")
    code = tiny.path / "tiny/fitting.py"
    code.write_text(code.read_text().replace('"""Train,', '"""Fit,'))
    tiny.run(*FIT, "fit_slow.epochs=3", "fit_slow.rate=0.02")
    runs = [run for run in tiny.runs() if run["tags"].get("stage") == "fit_slow"]
    return tiny, [run["id"] for run in reversed(runs[:2])]


def test_the_difference_is_in_settings_metrics_and_code_uncommitted_changes_included(two):
    tiny, (a, b) = two
    told = tiny.run("tracked", "diff", a[:8], b).stdout
    assert f"a: {a[:8]} fit_slow, epochs=2, FINISHED\nb: {b[:8]} fit_slow" in told
    assert "\nsettings:\n  epochs: 2 -> 3\n  rate: 0.01 -> 0.02\n" in told
    assert "  val_loss: " in told
    assert "  model_md5: " in told
    assert "data_md5" not in told
    assert '  -    """Train, write' in told
    assert '  +    """Fit, write' in told
    assert tiny.run("git", "count-objects").stdout == tiny.run("git", "count-objects").stdout


def test_a_run_is_as_itself(two):
    tiny, (a, _) = two
    told = tiny.run("tracked", "diff", a, a).stdout
    assert told.count("  the same") == 4


def test_a_run_that_is_not_there_is_one_line(two):
    tiny, (a, _) = two
    done = tiny.run("tracked", "diff", a, "nothing", ok=False)
    assert done.stderr == "error: no run has the id or the name nothing: `tracked runs` lists them\n"


def test_a_commit_that_this_clone_lacks_is_said(two, tmp_path):
    tiny, (a, b) = two
    tiny.client().set_tag(b, "git_commit", "1" * 40)
    told = tiny.run("tracked", "diff", a, b).stdout
    assert f"not compared: this clone does not have 11111111, the commit of {b[:8]}" in told
    tiny.client().set_tag(b, "git_commit", tiny.client().get_run(a).data.tags["git_commit"])


def test_the_runs_are_a_table(two):
    tiny, (a, b) = two
    head, *rows = tiny.run("tracked", "runs", "tags.model = 'slow'", "--most", "2").stdout.splitlines()
    assert head.split()[:4] == ["run", "name", "status", "started"]
    assert head.split()[4:] == ["val_loss", "val_accuracy", "test_loss", "test_accuracy"]
    assert [row.split()[0] for row in rows[:2]] == [b[:8], a[:8]]
    assert rows[2:] == ["... and 1 older; --most 3 shows all"]


@pytest.mark.long
def test_the_runs_are_whole_as_csv(two):
    tiny, (a, b) = two
    found = list(csv.DictReader(io.StringIO(tiny.run("tracked", "runs", "--csv").stdout)))
    assert {row["run_id"] for row in found} >= {a, b}
    assert {row["params.epochs"] for row in found if row["run_id"] == a} == {"2"}
    assert tiny.run("tracked", "runs", "metrics.val_loss < 0").stdout == "no runs\n"


@pytest.mark.long
def test_who_has_read_enough_ends_it_quietly(two):
    tiny, (a, b) = two
    done = tiny.run("bash", "-c", f"set -o pipefail; tracked diff {a} {b} | true; tracked runs | true")
    assert done.stderr == ""
