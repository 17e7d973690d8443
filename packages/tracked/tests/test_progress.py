"""What a sweep tells of how far it is."""

import re
import time

import pytest

from tracked.runs.sweep_run import SweepRun
from tracked.store.store import Store
from tracked.sweeps import progress
from tracked.sweeps.progress import Progress


@pytest.fixture
def sweep(tmp_path, monkeypatch, working_for):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    working_for(tmp_path)
    (tmp_path / "dvc.yaml").write_text("stages: {}\n")
    return SweepRun.begin(Store.at(tmp_path), "key", "title", {}, "command")


@pytest.fixture
def job(sweep):
    """Makes the run of a job, and ends it unless it is to be RUNNING; `seconds` is how long it took until now."""

    def made(name, status="FINISHED", seconds=1.0, **tags):
        client, parent = sweep.store.client, {"mlflow.parentRunId": sweep.run_id, "job": name}
        now = int(1000 * time.time())
        run = client.create_run(sweep.store.experiment_id, now - int(1000 * seconds), {**parent, **tags}).info.run_id
        if status != "RUNNING":
            client.set_terminated(run, status, now)

    return made


def test_a_line_tells_what_is_done_running_and_left(sweep, job):
    going = Progress(sweep, 10)
    going.skipped, going.launched = 2, True
    assert going._text() == "10 jobs: 0 done, 0 running, 8 left, 2 skipped, 0 failed, starting"
    job("a")
    job("b", "FAILED")
    job("c", "KILLED", pruned_at="3")
    job("d", "KILLED")  # it is to run again
    job("e", "RUNNING")
    going.look()
    assert re.fullmatch(
        "10 jobs: 1 done, 1 running, 5 left, 2 skipped, 1 failed, 1 ended early, about [12] s to go", going._text()
    )
    assert going._text(over=True) == "10 jobs: 1 done, 1 running, 2 skipped, 1 failed, 1 ended early"
    assert going.finished() == 4


def test_the_time_left_counts_down_while_jobs_run_and_follows_the_jobs_when_one_ends(sweep, job, monkeypatch):
    going, now = Progress(sweep, 20), [time.time()]
    monkeypatch.setattr(progress, "time", lambda: now[0])

    def left():
        return int(re.search(r"about (\d+) s to go|a moment to go", going._text())[1] or 0)

    job("first", seconds=4.0)
    going.look()
    told = []
    for _ in range(10):
        told.append(left())
        now[0] += 9.0
    assert told[0] == pytest.approx(19 * 4, abs=1)
    assert told == sorted(told, reverse=True)
    assert told[-1] == 0

    monkeypatch.setattr(progress, "time", time.time)
    job("second", seconds=1.0)
    going.look()
    assert left() == pytest.approx(18 * 4 / 2, abs=2)


def test_without_a_terminal_there_is_a_line_at_each_tenth_and_after_a_long_silence(sweep, job, capsys):
    going = Progress(sweep, 20)

    def told():
        going.look()
        going._show()
        return capsys.readouterr().out.count("\n")

    assert told() == 1
    assert told() == 0
    job("0")
    assert told() == 0
    job("1")
    assert told() == 1  # a tenth
    going.told -= 31
    assert told() == 1
    assert told() == 0


@pytest.mark.long
def test_an_interrupted_sweep_says_how_far_it_came(tiny):
    sweep = ("tracked", "run", "fit_fast", "-m", "fit_fast.rate=0.01,0.02,0.03,0.04", "fit_fast.epochs=200")
    process = tiny.start(*sweep)
    first = process.stdout.readline()
    assert first == "4 jobs: looking for those that have finished before\n"
    while "1 done" not in process.stdout.readline():
        assert process.poll() is None
    process.terminate()
    _, errors = process.communicate()
    assert errors.splitlines() == ["interrupted: 1 of 4; the same command runs the other 3"]
    assert process.returncode == 130
    assert "4 jobs: 3 done, 0 running, 1 skipped, 0 failed" in tiny.run(*sweep).stdout
