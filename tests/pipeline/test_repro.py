"""The pipeline as a user meets it: real DVC, real MLflow, in a clone."""

import json

import pytest
import yaml

STATUS_OF_CHANGES = """
import json
from pathlib import Path
from dvc.repo import Repo

concerned = {}
rooms = {module.parent: module for module in sorted(Path("src").rglob("*.py"))}  # one of each folder
for module in (*rooms.values(), *Path("pipeline").glob("*.py")):
    whole = module.read_bytes()
    module.write_bytes(whole + b"# a comment\\n")
    concerned[module.as_posix()] = list(Repo().status())  # of `dvc status`, without starting it for each
    module.write_bytes(whole)
print(json.dumps(concerned))
"""


def test_repro_runs_every_stage_and_tracks_it(reproduced):
    assert reproduced.ran(reproduced.first) == ["compose", "split", "train_keras", "train_numpy", "evaluate"]
    for noise in ("cuda", "Warning", "INFO"):
        assert noise not in reproduced.first.stdout + reproduced.first.stderr

    tracked = reproduced.runs()
    assert {run["status"] for run in tracked} == {"FINISHED"}
    (parent,) = (run for run in tracked if "configuration" in run["tags"])
    children = [run for run in tracked if run["tags"].get("mlflow.parentRunId") == parent["id"]]
    assert sorted(run["name"] for run in children) == [
        "evaluate",
        "split",
        "train_keras, epochs=2",
        "train_numpy, epochs=2",
    ]
    trainings = [run for run in children if "model" in run["tags"]]
    assert [set(run["metrics"]) for run in trainings] == [set(trainings[0]["metrics"])] * 2
    assert {"train_loss", "train_accuracy", "val_loss", "val_accuracy", "test_accuracy"} < set(trainings[0]["metrics"])
    best = next(run for run in trainings if run["tags"]["model"] == parent["tags"]["best_model"])
    assert best["metrics"]["val_accuracy"] == max(run["metrics"]["val_accuracy"] for run in trainings)
    for figure in ("val_accuracy", "val_loss", "test_accuracy", "test_loss"):
        assert parent["metrics"][figure] == best["metrics"][figure]
    assert {run["params"]["optimizer"] for run in trainings} == {"Adam", "SGD"}
    assert not [name for run in tracked for name in run["params"] if "target" in name or "largest" in name]

    client = reproduced.client()
    for run in trainings:
        for metric in ("train_loss", "train_accuracy", "val_loss", "val_accuracy"):
            assert [point.step for point in client.get_metric_history(run["id"], metric)] == [1, 2]
    (evaluate,) = (run for run in children if run["name"] == "evaluate")
    images = [file.path for file in client.list_artifacts(evaluate["id"], "images")]
    assert sum("errors~keras" in image for image in images) >= 2
    assert sum("errors~numpy" in image for image in images) >= 2
    for run in (evaluate, parent):
        assert "draw.html" in [file.path for file in client.list_artifacts(run["id"])]


def test_repro_reruns_what_changed_and_nothing_else(finished):
    assert finished.ran(finished.run("dvc", "repro")) == []
    before = finished.runs()

    finished.edit("conf/config.yaml", "learning_rate: 0.15", "learning_rate: 0.16")
    assert finished.ran(finished.run("dvc", "repro")) == ["compose", "train_numpy", "evaluate"]
    changed = finished.runs()
    assert len(changed) == len(before) + 3

    finished.edit("conf/config.yaml", "learning_rate: 0.16", "learning_rate: 0.15")
    back = finished.run("dvc", "repro")  # the old state comes from the run cache
    assert finished.ran(back) == ["compose"]
    assert len(finished.runs()) == len(changed)
    assert sum("configuration" in run["tags"] for run in changed) == 2


@pytest.mark.long
def test_repro_reruns_the_other_network_and_all_that_is_after_the_split(finished):
    finished.edit("conf/config.yaml", "batch_size: 32", "batch_size: 64")
    assert finished.ran(finished.run("dvc", "repro")) == ["compose", "train_keras", "evaluate"]

    finished.edit("conf/config.yaml", "test: 0.2", "test: 0.3")
    finished.edit("conf/config.yaml", "train: 0.6", "train: 0.5")
    everything = ["compose", "split", "train_keras", "train_numpy", "evaluate"]
    assert finished.ran(finished.run("dvc", "repro")) == everything


def test_a_changed_module_concerns_the_stages_that_declare_it_and_no_other(finished):
    stages = yaml.safe_load((finished.path / "dvc.yaml").read_text())["stages"]
    concerned = json.loads(finished.run("python", "-c", STATUS_OF_CHANGES).stdout)
    assert len(concerned) > 20
    for module, found in concerned.items():
        declaring = {
            stage for stage, entry in stages.items() if any(f"{module}/".startswith(f"{d}/") for d in entry["deps"])
        }
        assert set(found) == declaring, module


@pytest.mark.long
def test_dvc_writes_dvc_yaml_as_it_is(finished):
    before = (finished.path / "dvc.yaml").read_bytes()
    for command in ("freeze", "unfreeze"):
        finished.run("dvc", command, "compose", "split", "train_keras", "train_numpy", "evaluate")
    assert (finished.path / "dvc.yaml").read_bytes() == before


def test_two_clones_give_the_same_bytes(reproduced, short_clone, tmp_path):
    workers = reproduced.path.parents[2]  # of pytest, each of which reproduces in a clone of its own
    others = {done.with_name("clone") for done in workers.glob("popen-*/reproduced*/done")} - {reproduced.path}
    if not others:
        others = {short_clone(tmp_path / "other").path}
        type(reproduced)(*others, fill=False).run("dvc", "repro")
    for other in others:
        assert (other / "dvc.lock").read_bytes() == (reproduced.path / "dvc.lock").read_bytes()


@pytest.mark.long
def test_an_edited_params_yaml_is_kept_and_a_conflict_refused(clone):
    clone.run("dvc", "repro", "compose")
    clone.edit("params.yaml", "learning_rate: 0.15", "learning_rate: 0.07")
    kept = clone.run("dvc", "repro", "compose")
    assert "keeps what params.yaml has in place of conf/'s (train_numpy.learning_rate: 0.15 -> 0.07)" in kept.stdout
    clone.edit("params.yaml", "learning_rate: 0.07", "learning_rate: 0.08")
    clone.run("dvc", "repro", "compose")
    assert yaml.safe_load((clone.path / "params.yaml").read_text())["train_numpy"]["learning_rate"] == 0.08

    clone.edit("conf/config.yaml", "seed: 0", "seed: 1")
    clone.edit("conf/config.yaml", "learning_rate: 0.15", "learning_rate: 0.3")
    before = (clone.path / "params.yaml").read_bytes()
    refused = clone.run("dvc", "repro", "compose", ok=False)
    assert (
        "both params.yaml and conf/ were changed: train_numpy.learning_rate: conf/: 0.3, params.yaml: 0.08"
        in refused.stderr
    )
    assert (clone.path / "params.yaml").read_bytes() == before
    (clone.path / "params.yaml").unlink()
    clone.run("dvc", "repro", "compose")
    assert yaml.safe_load((clone.path / "params.yaml").read_text())["seed"] == 1


@pytest.mark.long
def test_the_command_line_writes_to_hydras_folder_alone(clone):
    clone.run("python", "-m", "pipeline.train_numpy", "train_numpy.n_hidden=5")
    assert not (clone.path / "models").exists()
    assert len(list(clone.path.glob("outputs/*/*/models/numpy.npz"))) == 1


def test_a_mistake_is_one_line_and_exit_code_1(clone):
    for override in ("train_numpy.n_hiden=3", "train_numpy.learning_rate=-1", "train_keras/optimizer=none", "seed=x"):
        done = clone.run("python", "-m", "pipeline.train_numpy", override, ok=False)
        assert done.returncode == 1
        assert done.stderr.startswith("error: ")
        assert len(done.stderr.splitlines()) == 1, done.stderr
