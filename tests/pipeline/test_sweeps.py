"""Multirun as a user meets it: tracked below one parent, resumed, parallel, and honest about what failed."""

import csv
import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

NUMPY = ("python", "-m", "pipeline.train_numpy", "-m")
TABLE = "comparison.json"


def parents(clone):
    return [run for run in clone.runs() if "sweep" in run["tags"]]


def jobs(clone, parent):
    return [run for run in clone.runs() if run["tags"].get("mlflow.parentRunId") == parent["id"]]


def counts(done):
    """The last line of progress: {"done": 3, "running": 0, "skipped": 1, "failed": 0}."""
    line = [line for line in done.stdout.splitlines() if " jobs: " in line][-1]
    return {kind: int(n) for n, kind in (part.split()[:2] for part in line.split(": ")[1].split(", "))}


def n_compared(clone, parent):
    """Rows of the table that the UI shows on the sweep's run."""
    file = clone.client().download_artifacts(parent["id"], TABLE)
    return len(json.loads(Path(file).read_text())["data"])


@pytest.mark.long
def test_a_killed_sweep_goes_on_where_it_stopped_until_code_or_data_change(clone):
    sweep = (*NUMPY, "train_numpy.n_hidden=range(5,11)", "train_numpy.epochs=25")
    process = subprocess.Popen(sweep, cwd=clone.path, env=clone.env(), start_new_session=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        wait_for_jobs(clone, 2)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    finished = sum(run["status"] == "FINISHED" for run in clone.runs())
    assert 2 <= finished < 6

    again = clone.run(*sweep)
    assert counts(again) == {"done": 6 - finished, "running": 0, "skipped": finished, "failed": 0}
    (parent,) = parents(clone)
    statuses = [run["status"] for run in jobs(clone, parent)]
    assert statuses.count("FINISHED") == 6
    assert "RUNNING" not in [run["status"] for run in clone.runs()]
    assert sorted(run["name"] for run in jobs(clone, parent) if run["status"] == "FINISHED") == sorted(
        f"n_hidden={n}" for n in range(5, 11)
    )
    forced = clone.run(*sweep, "train_numpy.n_hidden=5,6", "hydra.sweeper.rerun=true")
    assert counts(forced)["done"] == 2

    project = clone.path / "pipeline/project.py"
    project.write_text(project.read_text() + "# a comment\n")  # where nothing alters results
    assert counts(clone.run(*sweep))["skipped"] == 6
    assert n_compared(clone, parent) == 6
    with (clone.path / "src/digitrack/neural_net/network.py").open("a") as file:
        file.write("# a comment\n")
    assert counts(clone.run(*sweep))["done"] == 6
    assert counts(clone.run(*sweep, "split.train=0.5", "split.test=0.3"))["done"] == 6


@pytest.mark.long
def test_failed_and_diverged_jobs_stop_no_other(clone):
    done = clone.run(*NUMPY, "train_numpy.learning_rate=-1,0.1,1e300", "train_numpy.n_hidden=5", ok=False)
    assert "Traceback" not in done.stderr
    told = done.stderr.splitlines()
    assert told[-2].startswith("failed: learning_rate=-1: settings: train_numpy.learning_rate: -1 is not allowed")
    assert told[-1] == "error: 1 of 3 jobs failed"

    (parent,) = parents(clone)
    assert parent["status"] == "FAILED"
    diverged, fine = jobs(clone, parent)
    assert (diverged["name"], diverged["status"]) == ("learning_rate=1e+300", "FINISHED")
    assert diverged["tags"]["diverged"] == "true"
    assert fine["status"] == "FINISHED"
    assert fine["tags"]["command"] == ("tracked run train_numpy train_numpy.learning_rate=0.1 train_numpy.n_hidden=5")
    assert parent["tags"]["best.train_numpy.learning_rate"] == "0.1"

    again = clone.run(*NUMPY, "train_numpy.learning_rate=-1,0.1,1e300", "train_numpy.n_hidden=5", ok=False)
    assert counts(again) == {"done": 0, "running": 0, "skipped": 2, "failed": 1}


@pytest.mark.long
def test_jobs_that_differ_in_what_they_do_not_read_run_once(clone):
    reading = "train_numpy.n_hidden=${train_keras.epochs}"  # only what reads another section may be swept by it
    done = clone.run(*NUMPY, reading, "train_keras.epochs=5,6", "train_keras.n_hidden=7,8")
    assert counts(done) == {"done": 2, "running": 0, "skipped": 2, "failed": 0}
    assert [line.split()[0] for line in done.stdout.splitlines() if line.split()[0] in "56"] == ["5", "5", "6", "6"]


@pytest.mark.long
@pytest.mark.parametrize(("died", "n_failed"), [("getpid", 1), ("getppid", None)], ids=["trainer", "worker"])
def test_a_process_that_dies_loses_no_job_that_has_finished(clone, died, n_failed):
    """A job's trainer takes that job alone with it; a worker takes what all its launcher's jobs would return."""
    clone.edit(
        "pipeline/train_numpy.py",
        "    own = settings.train_numpy\n",
        "    own = settings.train_numpy\n    if own.n_hidden == 8:\n"
        f"        import os, time; time.sleep(2); os.kill(os.{died}(), 9)\n",
    )
    done = clone.run(*NUMPY, "train_numpy.n_hidden=range(5,9)", "train_numpy.epochs=1", "hydra/launcher=joblib",
                     "hydra.launcher.n_jobs=2", ok=False)  # fmt: skip
    assert "RUNNING" not in [run["status"] for run in clone.runs()]
    (parent,) = parents(clone)
    n_finished = [run["status"] for run in jobs(clone, parent)].count("FINISHED")
    assert n_finished == n_compared(clone, parent) >= 2
    assert done.stderr.splitlines()[-1] == f"error: {n_failed or 4 - n_finished} of 4 jobs failed"
    assert any(line.startswith("failed: n_hidden=8: ") for line in done.stderr.splitlines())


@pytest.mark.long
def test_parallel_jobs_on_a_fresh_store(clone):
    (clone.path / "mlflow.db").unlink(missing_ok=True)
    done = clone.run(*NUMPY, "train_numpy.n_hidden=range(5,17)", "train_numpy.epochs=1", "hydra/launcher=joblib",
                     "hydra.launcher.n_jobs=4")  # fmt: skip
    assert counts(done)["done"] == 12
    (parent,) = parents(clone)
    assert [run["status"] for run in jobs(clone, parent)] == ["FINISHED"] * 12
    assert sorted(run["name"] for run in jobs(clone, parent)) == sorted(f"n_hidden={n}" for n in range(5, 17))
    assert parent["status"] == "FINISHED"


@pytest.mark.long
def test_a_named_sweep_compares_keras_optimizers(clone):
    done = clone.run("python", "-m", "pipeline.train_keras", "+sweep=optimizer", "train_keras.epochs=1",
                     "hydra/launcher=joblib")  # fmt: skip
    assert re.search(r"dvc exp run -S train_keras/optimizer=\w+ -S train_keras\.epochs=1\n", done.stdout)
    for noise in ("Traceback", "UserWarning", "HYDRA"):
        assert noise not in done.stdout + done.stderr
    (parent,) = parents(clone)
    assert len(jobs(clone, parent)) == 8

    (folder,) = (clone.path / "multirun/train_keras").iterdir()
    with (folder / "comparison.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["optimizer"] for row in rows] == [
        "sgd",
        "momentum",
        "nesterov",
        "rmsprop",
        "adagrad",
        "adadelta",
        "adam",
        "nadam",
    ]
    page = (folder / "report.html").read_text()
    assert page.count("data:image/png;base64,") == 1
    artifacts = {file.path for file in clone.client().list_artifacts(parent["id"])}
    assert {"comparison.csv", TABLE, "comparison.png", "report.html"} <= artifacts


@pytest.mark.long
def test_seeds_of_the_whole_pipeline_say_whether_the_networks_differ(clone):
    done = clone.run("python", "-m", "pipeline", "-m", "seed=range(2)")
    assert "keras test_accuracy: mean 0." in done.stdout
    assert "keras minus numpy:" in done.stdout
    (parent,) = parents(clone)
    for job in jobs(clone, parent):
        assert job["status"] == "FINISHED"
        stages = jobs(clone, job)
        all_of_it = ["evaluate", "split", "train_keras", "train_numpy"]
        assert sorted(run["name"] for run in stages) == [f"{job['name']}, {stage}" for stage in all_of_it]
        losses = [run["metrics"]["val_loss"] for run in stages if run["tags"]["stage"].startswith("train_")]
        assert job["metrics"]["val_loss"] == pytest.approx(sum(losses) / 2, rel=1e-4)


@pytest.mark.long
def test_a_search_goes_on_to_the_number_of_trials(clone):
    search = (*NUMPY, "hydra/sweeper=optuna", "train_numpy.learning_rate=tag(log,interval(0.001,1))",
              "train_numpy.n_hidden=range(5,20,2)", "train_numpy.epochs=1")  # fmt: skip
    clone.run(*search, "hydra.sweeper.n_trials=4")
    done = clone.run(*search, "hydra.sweeper.n_trials=6")
    assert counts(done) == {"done": 2, "running": 0, "skipped": 4, "failed": 0}
    (parent,) = parents(clone)
    found = jobs(clone, parent)
    assert len({run["name"] for run in found}) == len(found) == n_compared(clone, parent) == 6
    best = min(found, key=lambda run: run["metrics"]["val_loss"])
    assert f"-S train_numpy.n_hidden={best['params']['n_hidden']}" in done.stdout
    link = f"(#/experiments/1/runs/{parent['id']}/artifacts/report.html?"
    assert parent["tags"]["mlflow.note.content"].count(link) == 1
    assert float(parent["tags"]["best.train_numpy.learning_rate"]) == float(best["params"]["learning_rate"])

    done = clone.run(*NUMPY, "hydra/sweeper=optuna", "train_numpy.learning_rate=0.1", ok=False)
    assert done.stderr.startswith("error: nothing to vary for train_numpy")


@pytest.mark.long
def test_an_interrupted_sweep_is_compared_and_killed(clone):
    sweep = (*NUMPY, "train_numpy.epochs=1,100000")
    process = clone.start(*sweep)
    try:
        wait_for_jobs(clone, 1)
        while not any(run["status"] == "RUNNING" and "job" in run["tags"] for run in clone.runs()):
            time.sleep(0.2)
        beside = clone.run(*sweep, ok=False)
        assert beside.stderr == f"error: this sweep is running already, in process {process.pid}\n"
        process.send_signal(signal.SIGINT)
        told, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert "best by val_loss: dvc exp run" in told
    (parent,) = parents(clone)
    assert parent["status"] == "KILLED"
    assert {run["status"] for run in jobs(clone, parent)} == {"FINISHED", "KILLED"}


@pytest.mark.long
@pytest.mark.parametrize(
    "arguments",
    [
        ["+sweep=optimizer"],
        ["+sweep=nothing"],
        ["-m", "train_numpy.n_hiden=5,6"],
        ["-m", "train_keras.n_hidden=5,6"],
        ["-m", "train_numpy/kernel_initializer=uniform,nothing"],
        ["-m", "hydra/sweeper=optuna", "train_numpy.n_hiden=range(5,9)"],
        ["-m", "train_numpy.n_hidden=5,6", "hydra.sweeper.objective=test_loss"],
    ],
)
def test_a_sweep_that_is_none_is_refused_in_one_line(clone, arguments):
    done = clone.run("python", "-m", "pipeline.train_numpy", *arguments, ok=False)
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (clone.path / "mlflow.db").exists()


def wait_for_jobs(clone, n):
    for _ in range(480):
        if (clone.path / "mlflow.db").exists():
            found = [run for run in clone.runs() if "job" in run["tags"] and run["status"] == "FINISHED"]
            if len(found) >= n:
                return
        time.sleep(0.25)
    raise AssertionError("no job was done")
