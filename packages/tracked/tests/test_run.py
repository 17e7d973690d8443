"""The run of a stage: what it shows, on its own page and on its configuration's, and how it ends."""

import signal
import time
from importlib.metadata import version

import pytest

FIT = """
from tracked.store import interrupts
from tracked.stages import from_params
interrupts.install()
from_params.run("fit_slow")
"""
JOB = """
from pathlib import Path
from tracked.outcome import Outcome
from tracked.runs.active import StageRun
from tracked.runs.computed import Computed
from tracked.runs.result import Result
from tracked.project import here
from tracked.runs.run import stage_run
from tracked.store.store import Store
from tracked.runs.sweep_run import SweepRun
from tracked.settings.loading import load

here_it_ran = Computed(Outcome(), StageRun("fit_slow"))
store, settings = Store.at(here().root), load(Path("params.yaml"))
parent = SweepRun.begin(store, "key", "title", {}, "make").run_id
calls = []
log_batch = store.client.log_batch
store.client.log_batch = lambda *args, **more: calls.append(args) or log_batch(*args, **more)
"""


def by_stage(tiny):
    """The newest run of each stage, and of the configuration."""
    return {run["tags"].get("stage", "configuration"): run for run in reversed(tiny.runs())}


def test_a_training_has_its_settings_its_curves_and_what_it_came_from(tiny_ran):
    runs = by_stage(tiny_ran)
    fit = runs["fit_slow"]
    assert (fit["name"], fit["status"], fit["tags"]["model"]) == ("fit_slow", "FINISHED", "slow")
    assert fit["params"] == {"rate": "0.01", "epochs": "3"}
    assert fit["tags"]["mlflow.parentRunId"] == runs["configuration"]["id"]
    assert all(run["tags"]["tracked_version"] == version("tracked") for run in runs.values())
    assert len(fit["tags"]["model_md5"]) == len(fit["tags"]["data_md5"]) == 32
    history = tiny_ran.client().get_metric_history(fit["id"], "val_loss")
    assert [point.step for point in history] == [1, 2, 3]
    whole = tiny_ran.client().get_run(fit["id"])
    assert [data.dataset.name for data in whole.inputs.dataset_inputs] == ["train"]
    assert len(whole.outputs.model_outputs) == 1


def test_an_evaluation_is_shown_on_the_trainings_and_on_the_configuration(tiny_ran):
    runs = by_stage(tiny_ran)
    judge, page = runs["judge"], runs["configuration"]
    for network in ("slow", "fast"):
        fit = runs[f"fit_{network}"]["metrics"]
        assert fit["test_accuracy"] == judge["metrics"][f"{network}.test_accuracy"]
        assert fit["test_accuracy_low"] == 0
        assert page["metrics"][f"val_loss/{network}"] == fit["val_loss"]
    assert f"{network}.test_accuracy_low" not in judge["metrics"]
    assert page["tags"]["best_model"] == "fast"
    for metric in ("val_accuracy", "val_loss", "test_accuracy", "test_loss"):
        assert page["metrics"][metric] == runs["fit_fast"]["metrics"][metric]
    assert page["tags"]["mlflow.note.content"].startswith("| slow | 0.38 |\n| fast | 0.90 |\n\nOne configuration;")
    assert page["tags"]["mlflow.note.content"].endswith("dvc repro\n```")
    assert tiny_ran.told.splitlines()[-1] == "judged slow, fast on 1 numbers. The runs: `tracked ui`"

    client = tiny_ran.client()
    assert len(client.get_run(page["id"]).outputs.model_outputs) == 2
    for run in (judge, page):
        assert {"errors.png", "errors.html"} <= {file.path for file in client.list_artifacts(run["id"])}
    assert any("errors_slow" in file.path for file in client.list_artifacts(judge["id"], "images"))


def test_uncommitted_changes_are_kept_with_the_run(tiny_copy):
    (tiny_copy.path / "tiny/new.py").write_text("x = 1\n")
    tiny_copy.stages("make")
    run = tiny_copy.runs()[0]
    assert run["tags"]["git_dirty"] == "true"
    assert "git apply uncommitted.diff" in run["tags"]["mlflow.note.content"]
    assert "uncommitted.diff" in [file.path for file in tiny_copy.client().list_artifacts(run["id"])]


@pytest.mark.long
def test_a_training_that_ends_in_the_same_bytes_takes_over_its_test_figures(tiny_copy):
    before = by_stage(tiny_copy)["fit_slow"]
    tiny_copy.stages("fit_slow")
    after = by_stage(tiny_copy)["fit_slow"]
    assert after["id"] != before["id"]
    assert after["metrics"] == before["metrics"]


@pytest.mark.long
def test_an_equal_training_draws_no_second_curve_on_the_configuration(tiny_copy):
    tiny_copy.stages("fit_slow", "judge")
    page = by_stage(tiny_copy)["configuration"]["id"]
    assert len(tiny_copy.client().get_metric_history(page, "val_loss/slow")) == 3


@pytest.mark.long
def test_a_misspelt_goal_is_one_line_once_all_is_logged(tiny_copy):
    project = tiny_copy.path / "tiny/project.py"
    project.write_text(project.read_text().replace('"val_loss"', '"val_los"'))
    done = tiny_copy.run("tracked", "run", "judge", ok=False, DVC_STAGE="judge")
    told = "no model has the metric val_los, a goal of Project(...): they have val_accuracy, test_accuracy, "
    assert done.stderr.splitlines()[-1].startswith(f"error: {told}")
    assert done.returncode == 1
    judge = tiny_copy.runs()[0]
    assert (judge["tags"]["stage"], judge["status"]) == ("judge", "FAILED")
    assert judge["tags"]["error"].startswith(told)


@pytest.mark.long
def test_a_training_without_steps_that_comes_to_no_number_has_diverged(tiny):
    fit = tiny.path / "tiny/fit_slow.py"
    fit.write_text(fit.read_text().replace("training_seconds=0.5", "more=float('nan')"))
    tiny.stages("make", "fit_slow")
    run = by_stage(tiny)["fit_slow"]
    assert (run["status"], run["tags"]["diverged"], "more" in run["metrics"]) == ("FINISHED", "true", False)


@pytest.mark.long
def test_a_diverged_training_says_so_and_logs_no_infinite_figure(tiny_copy):
    tiny_copy.settings(fit_slow={"rate": 1e200, "epochs": 5})
    tiny_copy.stages("fit_slow")
    run = tiny_copy.runs()[0]
    assert (run["status"], run["tags"]["diverged"]) == ("FINISHED", "true")
    assert "val_loss" not in run["metrics"]


def test_a_failing_stage_and_its_configuration_are_failed_with_their_settings(tiny_copy):
    tiny_copy.settings(fit_slow={"rate": -1.0, "epochs": 3})
    assert "a rate below 0" in tiny_copy.stages("fit_slow", ok=False).stderr
    fit, page = tiny_copy.runs()[:2]
    assert (fit["status"], page["status"]) == ("FAILED", "FAILED")
    assert fit["params"]["rate"] == "-1.0"


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_stage_and_its_configuration_are_killed_and_its_curves_came_meanwhile(tiny_copy, number):
    tiny_copy.settings(fit_slow={"rate": 0.01, "epochs": 100_000})
    process = tiny_copy.start("python", "-c", FIT)
    try:
        for _ in range(200):
            if "val_loss" in tiny_copy.runs()[0]["metrics"] and tiny_copy.runs()[0]["status"] == "RUNNING":
                break
            time.sleep(0.1)
        process.send_signal(number)
        told = process.communicate(timeout=60)[1]
    finally:
        process.kill()
    fit, page = tiny_copy.runs()[:2]
    assert (fit["status"], page["status"]) == ("KILLED", "KILLED")
    assert told == ""


@pytest.mark.long
def test_a_job_of_a_sweep_is_written_in_one_call_and_keeps_nothing(tiny_copy):
    script = f"""{JOB}
with stage_run(store, "fit_slow", settings, parent, {{"job": "1", "command": "make"}}, "rate=1", keeps=False) as run:
    for epoch in (1, 2, 3):
        run.report(epoch, {{"val_loss": 1 / epoch}})
    run.log(Result(metrics={{"a": 1.0}}), Path(), here_it_ran)
print(len(calls))
"""
    assert tiny_copy.python(script).stdout == "1\n"
    job = next(run for run in tiny_copy.runs() if run["tags"].get("job") == "1")
    assert (job["status"], job["name"], job["tags"]["model"]) == ("FINISHED", "rate=1", "slow")
    assert job["metrics"] == {"val_loss": 0.33333, "a": 1}
    assert tiny_copy.client().list_artifacts(job["id"]) == []


@pytest.mark.long
def test_a_jobs_evaluation_is_on_its_parent(tiny_copy):
    script = f"""{JOB}
with stage_run(store, "judge", settings, parent, {{"command": "make"}}, keeps=False) as run:
    run.log(Result(evaluated={{"slow": {{"test_accuracy": 0.5, "test_accuracy_low": 0.4}}}}), Path(), here_it_ran)
store.end(parent, "FINISHED")
"""
    tiny_copy.python(script)
    parent = next(run for run in tiny_copy.runs() if "sweep" in run["tags"])
    assert parent["metrics"] == {"slow.test_accuracy": 0.5, "slow.test_accuracy_low": 0.4}
