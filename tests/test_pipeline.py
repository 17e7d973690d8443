"""The pipeline as a user meets it: real DVC, real MLflow, in a clone."""

import yaml


def test_repro_runs_every_stage_and_tracks_it(reproduced):
    assert reproduced.ran(reproduced.first) == ["compose", "split", "train_keras", "train_numpy", "evaluate"]
    for noise in ("cuda", "Warning", "INFO"):
        assert noise not in reproduced.first.stdout + reproduced.first.stderr

    tracked = reproduced.runs()
    assert {run["status"] for run in tracked} == {"FINISHED"}
    (parent,) = (run for run in tracked if "configuration" in run["tags"])
    children = [run for run in tracked if run["tags"].get("mlflow.parentRunId") == parent["id"]]
    assert sorted(run["name"] for run in children) == ["evaluate", "split", "train_keras", "train_numpy"]
    trainings = [run for run in children if "net" in run["tags"]]
    assert [set(run["metrics"]) for run in trainings] == [set(trainings[0]["metrics"])] * 2
    assert {"train_loss", "train_accuracy", "val_loss", "val_accuracy", "test_accuracy"} < set(trainings[0]["metrics"])


def test_repro_reruns_what_changed_and_nothing_else(finished):
    assert finished.ran(finished.run("dvc", "repro")) == []
    before = finished.runs()

    finished.edit("conf/config.yaml", "learning_rate: 0.05", "learning_rate: 0.06")
    assert finished.ran(finished.run("dvc", "repro")) == ["compose", "train_numpy", "evaluate"]
    changed = finished.runs()
    assert len(changed) == len(before) + 3

    finished.edit("conf/config.yaml", "learning_rate: 0.06", "learning_rate: 0.05")
    finished.run("dvc", "repro")  # the old state comes from the run cache
    assert len(finished.runs()) == len(changed)

    finished.edit("conf/config.yaml", "batch_size: 32", "batch_size: 64")
    assert finished.ran(finished.run("dvc", "repro", "--dry")) == ["compose"]
    assert "train_numpy" not in finished.ran(finished.run("dvc", "repro"))


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
