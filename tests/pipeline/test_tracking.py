"""The store: no run is lost, none stays RUNNING, and a moved one finds its files."""

import os
import signal
import subprocess
import time

import pytest

LOAD = """
import sys, mlflow, numpy as np
from mlflow.tracking import MlflowClient
client = MlflowClient("sqlite:///mlflow.db")
mlflow.set_tracking_uri("sqlite:///mlflow.db")
from pathlib import Path
from digitrack.data.samples import read_samples
test = read_samples(Path("data"), "test")
raw, x = test.raw.reshape(-1, 64), test.x[:]
from digitrack.neural_net import NeuralNet
for net in ("numpy", "keras"):
    run = client.search_runs(["1"], f"tags.model = '{net}'")[0]
    model = mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/model")
    assert model.metadata.signature.outputs.inputs[0].shape == (-1, 10)
    assert model.input_example.shape == (2, 64)
    expected = NeuralNet.load(f"models/{net}.npz").forward(x)
    np.testing.assert_allclose(model.predict(raw), expected, atol=1e-5)
    if net == "numpy":
        assert "tensorflow" not in sys.modules
"""


@pytest.mark.long
def test_the_logged_models_take_raw_pixels_also_in_a_moved_repository(finished):
    finished.run("python", "-m", "pipeline.split")  # opening the store corrects its paths
    finished.run("python", "-c", LOAD)


@pytest.mark.long
def test_a_killed_training_is_closed_by_the_next_run(finished):
    finished.edit("conf/config.yaml", "learning_rate: 0.15\n  epochs: 2", "learning_rate: 0.15\n  epochs: 100000")
    process = subprocess.Popen(["dvc", "repro"], cwd=finished.path, env=finished.env(), start_new_session=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        wait_for_a_training(finished)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert any(run["status"] == "RUNNING" for run in finished.runs())

    finished.edit("conf/config.yaml", "epochs: 100000", "epochs: 3")
    finished.run("dvc", "repro")
    statuses = [run["status"] for run in finished.runs()]
    assert "RUNNING" not in statuses
    assert statuses.count("KILLED") == 2  # the training and its parent


@pytest.mark.long
def test_an_interrupted_training_is_killed_and_a_failing_one_failed(finished):
    process = finished.start("python", "-m", "pipeline.train_numpy", "train_numpy.epochs=100000")
    try:
        wait_for_a_training(finished)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "Traceback" not in told
    killed = [run for run in finished.runs() if run["status"] != "FINISHED"]
    assert sorted((run["tags"].get("stage", "parent"), run["status"]) for run in killed) == [
        ("parent", "KILLED"),
        ("train_numpy", "KILLED"),
    ]

    finished.run("python", "-m", "pipeline.train_keras", "+train_keras.optimizer.rho=0.5", ok=False)
    failed = [run for run in finished.runs() if run["status"] == "FAILED"]
    assert sorted(run["tags"].get("stage", "parent") for run in failed) == ["parent", "train_keras"]


@pytest.mark.long
def test_a_training_that_ends_in_the_same_bytes_takes_over_its_test_figures(finished):
    with (finished.path / "pipeline/training.py").open("a") as file:
        file.write("# a comment\n")
    assert finished.ran(finished.run("dvc", "repro")) == ["train_keras", "train_numpy"]
    for run in finished.runs()[:2]:
        assert run["metrics"]["test_accuracy"] > 0.5


@pytest.mark.long
def test_a_store_whose_experiment_was_deleted_says_how_to_restore_it(finished):
    finished.run("mlflow", "experiments", "delete", "--experiment-id", "1", MLFLOW_TRACKING_URI="sqlite:///mlflow.db")
    done = finished.stage("split", ok=False)
    assert "mlflow experiments restore --experiment-id 1" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.long
def test_a_store_whose_making_was_cut_off_is_made_anew(clone):
    making = ("python", "-c", "from pathlib import Path; from tracked.store.store import Store; Store(Path.cwd())")
    process = clone.start(*making)
    while not (clone.path / "mlflow.db.part").exists():
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(0.2)
    process.kill()
    process.communicate()
    assert not (clone.path / "mlflow.db").exists()
    clone.run(*making)
    assert clone.runs() == []


@pytest.mark.long
def test_a_store_that_is_none_is_refused_in_one_line(clone):
    (clone.path / "mlflow.db").write_text("not a database")
    done = clone.stage("split", ok=False)
    assert done.stderr.startswith(f"error: sqlite:///{clone.path}/mlflow.db is no MLflow store: ")
    assert "not a database; move it away" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def wait_for_a_training(clone):
    for _ in range(60):
        if any(run["status"] == "RUNNING" and run["tags"].get("model") == "numpy" for run in clone.runs()):
            return
        time.sleep(1)
    raise AssertionError("no training started")
