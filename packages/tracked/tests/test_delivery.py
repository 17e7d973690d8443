"""A store that goes away in mid-run: the stage ends well, and all of it is logged later, nothing twice."""

import json
import subprocess
import sys
from collections import Counter

import pytest
from mlflow import MlflowClient

FIT = """
import sys, time
from pathlib import Path
from tracked.stages import tracking
from tracked.project import project
from tracked.settings.loading import load
from tracked.settings.validation import validate

name = sys.argv[1]
run = project().stage(name)
def slowly(*args):
    outcome = run(*args)
    print("computed", flush=True)
    input()
    return outcome
project().__class__.stage = lambda self, name: slowly
settings = load(Path("params.yaml"))
tracking.run(name, settings, validate(settings, ""), Path(), "dvc repro", "all")
"""
DELIVER = """
from tracked.project import here
from tracked.runs.delivery import deliver
from tracked.runs.store import Store
deliver(Store.at(here().root))
"""


def kept(tiny):
    return [json.loads(file.read_text()) for file in (tiny.path / ".dvc/tmp/unlogged").glob("*/record.json")]


@pytest.mark.whole
def test_a_server_killed_in_mid_run_has_all_of_it_once_it_is_back(tiny, port):
    there = tiny.path / "there"
    uri = f"http://127.0.0.1:{port}"
    env = tiny.env(MLFLOW_TRACKING_URI=uri)
    stages = ("fit_slow", "judge")
    with tiny.serve(there, port=port):
        tiny.stages("make", "fit_fast", "fit_slow", MLFLOW_TRACKING_URI=uri)
        tiny.settings(fit_slow={"rate": 0.02, "epochs": 3})
        begun = [
            subprocess.Popen([sys.executable, "-c", FIT, stage], cwd=tiny.path, env=env, text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for stage in stages
        ]  # fmt: skip
        for process in begun:
            while process.stdout.readline() not in ("computed\n", ""):
                pass
    for process in begun:
        told = process.communicate("\n", timeout=120)[1].splitlines()
        assert process.returncode == 0, told
        assert len(told) == 1
        assert "logged by the next stage or `make ui`" in told[0]
    for file in ("models/slow.npz", "reports/fit_slow/curves.csv", "reports/judge/errors.png"):
        assert (tiny.path / file).exists()
    assert sorted(record["stage"] for record in kept(tiny)) == ["fit_slow", "judge"]

    with tiny.serve(there, port=port):
        first = tiny.python(DELIVER, MLFLOW_TRACKING_URI=uri)
        assert first.stdout == "logged what was kept of 2 runs while the store was gone\n"
        assert tiny.python(DELIVER, MLFLOW_TRACKING_URI=uri).stdout == ""
        assert kept(tiny) == []
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
        assert len(fit.outputs.model_outputs) == len(fit.inputs.dataset_inputs) == 1
        assert client.get_logged_model(fit.outputs.model_outputs[0].model_id).status == "READY"
        judge = next(run for run in runs if run.data.tags.get("stage") == "judge")
        assert len(client.list_artifacts(judge.info.run_id, "images")) == 2  # an image, and its small copy
        assert "errors.png" in [file.path for file in client.list_artifacts(judge.info.run_id)]
        versions = client.search_model_versions("")
        assert len({version.tags["model_md5"] for version in versions}) == len(versions) == 2
