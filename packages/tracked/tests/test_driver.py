"""A job ends when its sweep is over or another process's, and does not run twice for one."""

import pytest

from tracked.runs.sweep_run import SweepRun
from tracked.store import processes
from tracked.store.store import Store
from tracked.sweeps import driver
from tracked.sweeps.ticket import Ticket


@pytest.fixture
def store(tmp_path, monkeypatch, working_for):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    working_for(tmp_path)
    (tmp_path / "dvc.yaml").write_text("stages: {}\n")
    return Store.at(tmp_path)


def test_a_job_runs_while_its_driver_sweeps_and_once(store):
    me = processes.this_process()
    parent = SweepRun.begin(store, "key", "title", {}, "command").run_id
    mine, of_a_dead_one = (Ticket(parent, "job", "title", "command", [], "", who) for who in (me, "elsewhere 1:1.0"))
    assert not driver.has_nothing_to_do(mine)
    assert driver.has_nothing_to_do(of_a_dead_one)

    run = store.create("job", {"mlflow.parentRunId": parent, **mine.tags()}, {}, diff=False)
    assert not driver.has_nothing_to_do(mine)
    store.end(run, "FINISHED")
    assert driver.has_nothing_to_do(mine)

    other = Ticket(parent, "other", "title", "command", [], "", me)
    assert not driver.has_nothing_to_do(other)
    store.end(parent, "KILLED")
    assert driver.has_nothing_to_do(other)
