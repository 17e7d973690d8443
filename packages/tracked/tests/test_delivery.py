"""A store that goes away in mid-run: the stage ends well, and all of it is logged later, nothing twice."""

import csv
import json
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from mlflow import MlflowClient

# A stage that has begun in the store, and computes when it is told to.
BEGIN = """
import sys, time
from pathlib import Path
from tracked.store import interrupts
from tracked.stages import tracking
from tracked.project import project
from tracked.settings.loading import load
from tracked.settings.settings import Settings

name = sys.argv[1]
run = project().stage(name)
def waiting(settings, folder, report):
    print("begun", flush=True)
    what = input()
    if what in ("fail", "wait"):
        report(1, {"val_loss": 0.5, "val_accuracy": 0.5}, 2)
        print("reported", flush=True)
        if what == "fail":
            raise RuntimeError("the stage fails")
        time.sleep(60)
    outcome = run(settings, folder, report)
    if what:
        outcome.metrics["training_seconds"] = float(what)
    return outcome
project().__class__.stage = lambda self, name: waiting
interrupts.install()
with tracking.runner([name], in_place=True) as runner:
    tracking.run(runner, name, Settings(load(Path("params.yaml"))), Path(), "dvc repro", "all")
"""
# A store that is away when a stage has ended.
AWAY = """
from tracked.store.failures import StoreFailed
from tracked.runs.run import TrackedRun
from tracked.stages import from_params
def away(*_):
    raise StoreFailed("the store is away")
TrackedRun.send = away
from_params.run("fit_slow")
"""
DELIVER = """
from tracked.project import here
from tracked.runs.delivery import deliver
from tracked.store.store import Store
deliver(Store.at(here().root))
"""


def queued(tiny):
    return [json.loads(file.read_text()) for file in (tiny.path / ".dvc/tmp/queue").glob("*/record.json")]


@pytest.fixture
def begin(tiny):
    """Start a stage, until it has a run in the store."""
    processes = []

    def start(stage, uri):
        process = subprocess.Popen(
            [sys.executable, "-c", BEGIN, stage],
            cwd=tiny.path,
            env=tiny.env(MLFLOW_TRACKING_URI=uri),
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        processes.append(process)
        assert process.stdout.readline() == "begun\n", process.communicate("")
        return process

    yield start
    for process in processes:
        with process:  # which closes its pipes
            process.kill()


def end(process, what=""):
    """Have it compute, while the store is away."""
    lines = process.communicate(f"{what}\n", timeout=120)[1].splitlines()
    assert process.returncode == 0, lines
    assert len(lines) == 1
    assert "; could not log everything of " in lines[0]
    assert lines[0].endswith(", and the next stage logs it")


def model(tiny, uri, there, run):
    """The file of the only model that a run has logged."""
    (output,) = run.outputs.model_outputs
    assert MlflowClient(uri).get_logged_model(output.model_id).status == "READY"
    (file,) = (there / "served").rglob(f"{output.model_id}/**/slow.npz")
    return file.read_bytes()


@pytest.mark.long
def test_a_server_killed_in_mid_run_has_all_of_it_once_it_is_back(tiny, begin, port):
    there, uri = tiny.path / "there", f"http://127.0.0.1:{port}"
    with tiny.serve(there, port=port):
        tiny.stages("make", "fit_fast", "fit_slow", MLFLOW_TRACKING_URI=uri)
        tiny.settings(fit_slow={"rate": 0.02, "epochs": 3})
        begun = [begin(stage, uri) for stage in ("fit_slow", "judge")]
    for process in begun:
        end(process)
    for file in ("models/slow.npz", "reports/fit_slow/curves.csv", "reports/judge/errors.png"):
        assert (tiny.path / file).exists()
    assert sorted(record["stage"] for record in queued(tiny)) == ["fit_slow", "judge"]

    with tiny.serve(there, port=port):
        first = tiny.python(DELIVER, MLFLOW_TRACKING_URI=uri)
        assert first.stdout == "logged 2 runs queued while the store was away\n"
        assert tiny.python(DELIVER, MLFLOW_TRACKING_URI=uri).stdout == ""
        assert queued(tiny) == []
        client = MlflowClient(uri)
        runs = client.search_runs(["1"])
        assert Counter(run.data.tags.get("stage", "configuration") for run in runs) == {
            "make": 1, "fit_fast": 1, "fit_slow": 2, "judge": 1, "configuration": 2,
        }  # fmt: skip
        assert {run.info.status for run in runs} == {"FINISHED"}
        fit = next(
            run for run in runs if run.data.tags.get("stage") == "fit_slow" and run.data.params["rate"] == "0.02"
        )
        assert [point.step for point in client.get_metric_history(fit.info.run_id, "val_loss")] == [1, 2, 3]
        assert len(client.get_metric_history(fit.info.run_id, "training_seconds")) == 1
        assert fit.data.tags["model_md5"]
        assert len(fit.inputs.dataset_inputs) == 1
        assert model(tiny, uri, there, fit) == (tiny.path / "models/slow.npz").read_bytes()
        judge = next(run for run in runs if run.data.tags.get("stage") == "judge")
        assert len(client.list_artifacts(judge.info.run_id, "images")) == 2  # an image, and its small copy
        assert "errors.png" in [file.path for file in client.list_artifacts(judge.info.run_id)]
        versions = client.search_model_versions("")
        assert len({version.tags["model_md5"] for version in versions}) == len(versions) == 2


@pytest.mark.long
def test_two_queued_runs_that_wrote_the_same_files_have_each_its_own(tiny, begin, port):
    there, uri = tiny.path / "there", f"http://127.0.0.1:{port}"
    rates, begun, made = {"0.02": 3, "0.03": 4}, {}, {}
    with tiny.serve(there, port=port):
        tiny.stages(MLFLOW_TRACKING_URI=uri)
        for rate, epochs in rates.items():
            tiny.settings(fit_slow={"rate": float(rate), "epochs": epochs})
            begun[rate] = [begin(stage, uri) for stage in ("fit_slow", "judge")]
    for rate, (fit, judge) in begun.items():
        end(fit, 100 * float(rate))
        end(judge)
        with (tiny.path / "reports/fit_slow/curves.csv").open() as lines:
            curve = [float(row["val_loss"]) for row in csv.DictReader(lines)]
        files = ("models/slow.npz", "reports/judge/errors.png")
        made[rate] = *((tiny.path / file).read_bytes() for file in files), curve
    assert not set(made["0.02"][:2]) & set(made["0.03"][:2])
    assert len(queued(tiny)) == 4

    with tiny.serve(there, port=port):
        done = tiny.python(DELIVER, MLFLOW_TRACKING_URI=uri)
        assert (done.stdout, done.stderr) == (
            "logged 4 runs queued while the store was away\n",
            "champion: version 2 -> 4\n",
        )
        client = MlflowClient(uri)
        runs = client.search_runs(["1"])
        for rate, epochs in rates.items():
            net, picture, curve = made[rate]
            (fit,) = (run for run in runs if run.data.tags.get("model") == "slow" and run.data.params["rate"] == rate)
            assert model(tiny, uri, there, fit) == net
            assert fit.data.metrics["training_seconds"] == 100 * float(rate)
            points = client.get_metric_history(fit.info.run_id, "val_loss")
            assert [point.step for point in points] == [*range(1, epochs + 1)]
            assert [point.value for point in points] == pytest.approx(curve, rel=1e-4)
            parent = fit.data.tags["mlflow.parentRunId"]
            (judge,) = (
                run
                for run in runs
                if run.data.tags.get("stage") == "judge" and run.data.tags["mlflow.parentRunId"] == parent
            )
            for run in (judge.info.run_id, parent):
                assert Path(client.download_artifacts(run, "errors.png")).read_bytes() == picture
            assert fit.data.metrics["test_loss"] == judge.data.metrics["slow.test_loss"]
            (version,) = client.search_model_versions(f"run_id = '{fit.info.run_id}'")
            assert version.tags["model_md5"] == fit.data.tags["model_md5"]


@pytest.mark.long
def test_a_stage_that_fails_or_is_interrupted_while_the_server_is_away(tiny, begin, port):
    there, uri = tiny.path / "there", f"http://127.0.0.1:{port}"
    with tiny.serve(there, port=port):
        tiny.stages("make", MLFLOW_TRACKING_URI=uri)
        processes = {}
        for what, status, rate in (("fail", "FAILED", 0.02), ("wait", "KILLED", 0.03)):
            tiny.settings(fit_slow={"rate": rate, "epochs": 2})
            processes[status] = begin("fit_slow", uri), what
    for process, what in processes.values():
        process.stdin.write(f"{what}\n")
        process.stdin.flush()
        while process.stdout.readline() not in ("reported\n", ""):
            pass
        if what == "wait":
            process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=120)
        assert process.returncode
        assert "could not log everything of fit_slow; the rest is queued in " in errors
    ended = {record["status"]: record["ended"] for record in queued(tiny)}
    assert ended.keys() == {"FAILED", "KILLED"}

    with tiny.serve(there, port=port):
        back = time.time() * 1000
        done = tiny.python(DELIVER, MLFLOW_TRACKING_URI=uri)
        assert (done.stdout, done.stderr) == ("logged 2 runs queued while the store was away\n", "")
        client = MlflowClient(uri)
        for run in client.search_runs(["1"], "tags.stage = 'fit_slow'"):
            assert run.info.end_time == ended.pop(run.info.status) < back
            assert [point.step for point in client.get_metric_history(run.info.run_id, "val_loss")] == [1]
            assert not run.outputs.model_outputs
            files = [file.path for file in client.list_artifacts(run.info.run_id)]
            assert run.data.tags.get("error", "").startswith("RuntimeError: the stage fails") == (
                run.info.status == "FAILED"
            )
            assert ("error.log" in files) == (run.info.status == "FAILED")
            parent = client.get_run(run.data.tags["mlflow.parentRunId"])
            assert parent.info.status == run.info.status
        assert ended == {}


@pytest.mark.long
def test_dvc_removes_the_outputs_before_it_runs_the_stage_that_logs_them(tiny, port):
    there, uri = tiny.path / "there", f"http://127.0.0.1:{port}"
    tiny.run("dvc", "init", "-q")
    tiny.run("dvc", "config", "cache.type", "symlink")
    tiny.commit()
    with tiny.serve(there, port=port):
        tiny.run("dvc", "repro", MLFLOW_TRACKING_URI=uri)
        tiny.settings(fit_slow={"rate": 0.02, "epochs": 600})  # of 10 ms
        process = tiny.start("dvc", "repro", MLFLOW_TRACKING_URI=uri)
        while not any(run["status"] == "RUNNING" and "val_loss" in run["metrics"] for run in tiny.runs(uri)):
            assert process.poll() is None, process.communicate()
            time.sleep(0.05)
    _, errors = process.communicate(timeout=120)
    assert process.returncode  # the next stage has no store to begin in
    assert errors.count("could not log everything of fit_slow; the rest is queued in ") == 1
    first = (tiny.path / "models/slow.npz").read_bytes()
    (record,) = queued(tiny)
    data = tiny.path / ".dvc/tmp/queue" / record["run_id"] / "files/data/train.npz"
    assert not data.is_symlink()
    assert data.samefile(tiny.path / "data/train.npz")  # the same file in the cache

    with tiny.serve(there, port=port):
        tiny.settings(fit_slow={"rate": 0.03, "epochs": 3})
        done = tiny.run("dvc", "repro", MLFLOW_TRACKING_URI=uri)
        assert "logged 1 run queued while the store was away" in done.stdout
        assert queued(tiny) == []
        second = (tiny.path / "models/slow.npz").read_bytes()
        assert first != second
        for run in MlflowClient(uri).search_runs(["1"], "tags.model = 'slow'"):
            if (expected := {"0.02": first, "0.03": second}.get(run.data.params["rate"])) is not None:
                assert model(tiny, uri, there, run) == expected


CHANGES = {
    "no outcome": ("def outcome(", "def result(", "tiny.fit_slow has no function outcome(settings, folder)"),
    "it raises": (
        "    return trained(",
        "    return open(folder / 'new.csv') or trained(",
        "FileNotFoundError: [Errno 2] No such file",
    ),
    "its images raise": (
        "    return trained(",
        "    return Outcome(images={'x': map(len, [1])}) or trained(",
        "TypeError: object of type 'int' has no len()",
    ),
    "a damaged file": ("", "", "what its files tell: models/slow.npz is not as it was queued"),
}


@pytest.mark.long
@pytest.mark.parametrize("change", CHANGES)
def test_what_the_code_of_today_or_a_damaged_file_can_not_tell_is_named_and_the_rest_is_logged(tiny, change):
    tiny.stages("make")
    done = tiny.python(AWAY)
    (record,) = queued(tiny)
    where = tiny.path / ".dvc/tmp/queue" / record["run_id"]
    assert done.stderr == (
        f"warning: the store is away; could not log everything of fit_slow; the rest is queued in {where}, and the "
        "next stage logs it\n"
    )
    before, after, why = CHANGES[change]
    code = tiny.path / "tiny/fit_slow.py"
    text = code.read_text().replace("from tracked import main", "from tracked import Outcome, main")
    code.write_text(text.replace(before, after) if before else text)
    if not before:
        (where / "files/models/slow.npz").write_bytes(b"another")

    done = tiny.python(DELIVER)
    assert done.stdout == "logged 1 run queued while the store was away\n"
    (line,) = done.stderr.splitlines()
    assert line.startswith("warning: the queued run of fit_slow was logged without ")
    assert why in line
    assert not where.exists()
    (fit,) = (run for run in tiny.runs() if run["tags"].get("stage") == "fit_slow")
    assert fit["status"] == "FINISHED"
    assert fit["metrics"]["training_seconds"] == 0.5
    assert fit["params"]["rate"]
    assert fit["tags"]["model_md5"]
    steps = [point.step for point in tiny.client().get_metric_history(fit["id"], "val_loss")]
    assert steps == [*range(1, len(record["steps"]) + 1)]


@pytest.mark.long
def test_an_edit_that_changes_nothing_that_is_told_leaves_nothing_out(tiny):
    tiny.stages("make")
    tiny.python(AWAY)
    with (tiny.path / "tiny/fit_slow.py").open("a") as file:
        file.write("# a comment\n")
    assert tiny.python(DELIVER).stderr == ""
    (fit,) = tiny.client().search_runs(["1"], "tags.model = 'slow'")
    assert len(fit.outputs.model_outputs) == 1
