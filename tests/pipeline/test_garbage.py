"""`make gc` removes for good what was deleted, and what nothing needs any more, when it is allowed to."""

import shutil

import pytest

pytestmark = pytest.mark.long
GC = ("tracked", "gc")
SEARCH = ("python", "-m", "pipeline.train_numpy", "-m", "hydra/sweeper=optuna", "hydra.sweeper.n_trials=2",
          "train_numpy.epochs=1")  # fmt: skip


@pytest.fixture
def littered(finished):
    """A clone with a configuration, two searches, one of them deleted with a run, and a file that DVC alone still has.

    Gives what is to go and what is to stay, as paths.
    """
    for values in ("train_numpy.n_hidden=range(5,9)", "train_numpy.learning_rate=interval(0.1,0.2)"):
        finished.run(*SEARCH, values)
    (finished.path / "left.txt").write_text("nobody has this any more")
    finished.run("dvc", "add", "left.txt")
    for name in ("left.txt", "left.txt.dvc"):
        (finished.path / name).unlink()
    finished.commit()

    runs = finished.runs()
    again, _ = (run for run in runs if "sweep" in run["tags"])
    alone = finished.run("python", "-m", "pipeline.train_numpy", "train_numpy.n_hidden=7")
    assert alone.returncode == 0
    (single,) = (
        run for run in finished.runs() if run["name"] == "train_numpy, n_hidden=7" and "model" not in run["tags"]
    )
    for run in (again, single):
        finished.client().delete_run(run["id"])
    finished.gone = {again["id"], single["id"]}
    finished.left = {file for file in cached(finished) if file.read_text(errors="replace").startswith("nobody")}
    return finished


def cached(clone):
    return {file for file in (clone.path / ".dvc/cache/files").rglob("*") if file.is_file()}


def test_it_asks_and_removes_nothing_without_a_yes(littered, terminal):
    before = cached(littered), ids(littered)
    done = littered.run(*GC)  # nobody at the terminal
    assert "To be removed for good:" in done.stdout
    assert "Nothing was removed." in done.stdout
    for word in ("n", ""):
        asked = terminal(*GC, cwd=littered.path, env=littered.env())
        asked.wait_for("Remove? [y/N] ")
        asked.type(f"{word}\n")
        asked.wait_for("Nothing was removed.")
        assert asked.close() == 0
    assert (cached(littered), ids(littered)) == before


def test_what_was_deleted_goes_and_what_is_needed_stays(littered):
    told = littered.run(*GC, "--yes").stdout
    assert told == "Removed.\n"
    assert not littered.gone & ids(littered)
    assert ids(littered) == {run["id"] for run in littered.runs()}
    left = [file for run in littered.gone for file in (littered.path / "mlartifacts" / run).rglob("*")]
    assert not [file for file in left if file.is_file()]  # MLflow leaves the empty folder
    assert not [path for path in (littered.path / ".dvc/tmp/earlier").iterdir() if path.is_dir()]
    assert littered.left
    assert not littered.left & cached(littered)

    for folder in ("data", "models", "reports/evaluate/keras"):
        shutil.rmtree(littered.path / folder)
    littered.run("dvc", "checkout")
    assert littered.ran(littered.run("dvc", "repro")) == []
    littered.run("python", "-m", "pipeline.predict", "docs/images/digit.png")
    assert "2 skipped" in littered.run(*SEARCH, "train_numpy.n_hidden=range(5,9)").stdout
    littered.run(*GC, "--yes")
    assert littered.run(*GC).stdout == "There is nothing to remove.\n"


def ids(clone):
    """All runs, deleted ones too."""
    return {run.info.run_id for run in clone.client().search_runs(["1"], run_view_type=3)}
