"""`dvc exp` as a user meets it: overrides, temporary copies, a queue; all runs in one store."""

import csv
import io
import time

import pytest


def parents(clone):
    return {run["name"]: run for run in clone.runs() if "configuration" in run["tags"]}


@pytest.mark.long
def test_experiments_in_the_workspace_in_a_copy_and_queued_share_the_store(finished):
    finished.commit()
    finished.run("dvc", "exp", "run", "-n", "here", "-S", "train_numpy.n_hidden=7")
    finished.run("dvc", "exp", "run", "--temp", "-n", "copy", "-S", "train_numpy.n_hidden=8")
    for n in (9, 10):
        finished.run("dvc", "exp", "run", "--queue", "-n", f"queued{n}", "-S", f"train_numpy.n_hidden={n}")
    finished.run("dvc", "queue", "start", "-j", "2")
    status = ""
    for _ in range(120):
        status = finished.run("dvc", "queue", "status").stdout
        if status.count("Success") + status.count("Failed") == 2 and "0 active, 0 idle" in status:
            break
        time.sleep(1)
    assert status.count("Success") == 2, status

    tracked = parents(finished)
    assert {"here", "copy", "queued9", "queued10"} < set(tracked)
    for name, n in (("here", 7), ("copy", 8), ("queued9", 9), ("queued10", 10)):
        children = [r for r in finished.runs() if r["tags"].get("mlflow.parentRunId") == tracked[name]["id"]]
        assert {run["tags"]["stage"] for run in children} == {"train_numpy", "evaluate"}
        assert tracked[name]["tags"]["command"] == f"dvc exp apply {name} && dvc repro"
        assert {run["tags"]["dvc_experiment"] for run in children} == {name}
        assert tracked[name]["params"]["train_numpy.n_hidden"] == str(n)
    assert {run["status"] for run in finished.runs()} == {"FINISHED"}

    shown = list(csv.DictReader(io.StringIO(finished.run("dvc", "exp", "show", "--csv").stdout)))
    hidden = {row["Experiment"]: row["train_numpy.n_hidden"] for row in shown}
    assert {"here": "7", "copy": "8", "queued9": "9", "queued10": "10"}.items() <= hidden.items()
