"""The pipeline as a user meets it: real DVC, real MLflow, in a clone."""

import json

import yaml


def runs(clone):
    code = (
        "import json, mlflow; c = mlflow.MlflowClient('sqlite:///mlflow.db');"
        "print(json.dumps([dict(status=r.info.status, name=r.info.run_name, id=r.info.run_id, tags=r.data.tags,"
        " metrics=r.data.metrics) for r in c.search_runs(['1'])]))"
    )
    return json.loads(clone.run("python", "-c", code).stdout.splitlines()[-1])


def test_repro_tracks_and_reruns_only_what_changed(clone):
    first = clone.run("dvc", "repro")
    assert clone.ran(first) == ["compose", "split", "train_keras", "train_numpy", "evaluate"]
    assert "0.9" in first.stdout
    assert "cuda" not in first.stderr

    tracked = runs(clone)
    assert {run["status"] for run in tracked} == {"FINISHED"}
    parents = [run for run in tracked if "configuration" in run["tags"]]
    children = {run["name"] for run in tracked if run["tags"].get("mlflow.parentRunId") == parents[0]["id"]}
    assert len(parents) == 1
    assert children == {"split", "train_keras", "train_numpy", "evaluate"}
    for run in tracked:
        if run["name"].startswith("train_"):
            assert {"train_loss", "val_loss", "train_accuracy", "val_accuracy", "test_accuracy"} <= set(run["metrics"])

    assert clone.ran(clone.run("dvc", "repro")) == []

    clone.edit("conf/config.yaml", "learning_rate: 0.05", "learning_rate: 0.06")
    changed = clone.run("dvc", "repro")
    assert clone.ran(changed) == ["compose", "train_numpy", "evaluate"]

    before = len(runs(clone))
    clone.edit("conf/config.yaml", "learning_rate: 0.06", "learning_rate: 0.05")
    clone.run("dvc", "repro")
    assert len(runs(clone)) == before  # restored from the run cache: nothing is computed or logged twice


def test_an_edited_params_yaml_is_kept_and_a_conflict_refused(clone):
    clone.run("dvc", "repro", "compose")
    clone.edit("params.yaml", "learning_rate: 0.05", "learning_rate: 0.07")
    kept = clone.run("dvc", "repro", "compose")
    assert "keeps the edited params.yaml (train_numpy.learning_rate: 0.05 -> 0.07)" in kept.stdout
    clone.edit("params.yaml", "learning_rate: 0.07", "learning_rate: 0.08")
    clone.run("dvc", "repro", "compose")
    assert yaml.safe_load((clone.path / "params.yaml").read_text())["train_numpy"]["learning_rate"] == 0.08

    clone.edit("params.yaml", "learning_rate: 0.08", "learning_rate: 0.09")
    clone.edit("conf/config.yaml", "seed: 0", "seed: 1")
    before = (clone.path / "params.yaml").read_bytes()
    refused = clone.run("dvc", "repro", "compose", ok=False)
    assert "params.yaml was edited" in refused.stderr
    assert "seed: 0 -> 1" in refused.stderr
    assert (clone.path / "params.yaml").read_bytes() == before
    (clone.path / "params.yaml").unlink()
    clone.run("dvc", "repro", "compose")
    assert yaml.safe_load((clone.path / "params.yaml").read_text())["seed"] == 1


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
