"""A clone that pulled: DVC has nothing to run, and MLflow knows all the same what DVC brought."""

import shutil

import numpy as np
import pytest

from digitrack.data.samples import read_samples
from digitrack.neural_net import NeuralNet

pytestmark = pytest.mark.long
FIGURES = {"test_accuracy", "val_accuracy"}


@pytest.fixture
def pulled(finished, tmp_path):
    """A clone, by git and `dvc pull`, of a repository in which all has run; with the commit that has its dvc.lock."""
    finished.run("dvc", "remote", "add", "-d", "folder", str(tmp_path / "remote"))
    finished.run("dvc", "push")
    finished.commit()
    made = finished.run("git", "rev-parse", "HEAD").stdout.strip()
    finished.edit("README.md", "# digitrack", "# digitrack, later")
    finished.commit()
    finished.run("git", "clone", "-q", str(finished.path), str(tmp_path / "pulled"))
    clone = type(finished)(tmp_path / "pulled", fill=False)
    clone.made, clone.origin = made, finished
    clone.run("dvc", "pull")
    assert clone.ran(clone.run("dvc", "repro")) == []
    return clone


def test_predict_asks_the_champion_and_the_runs_are_there_once(pulled):
    ask = ("python", "-m", "pipeline.predict", "docs/images/digit.png")
    done = pulled.run(*ask)
    assert done.stdout == pulled.origin.run(*ask).stdout
    assert "logging split, train_keras, train_numpy, evaluate ..." in done.stderr

    found, expected = ({run["tags"].get("stage"): run for run in clone.runs()} for clone in (pulled, pulled.origin))
    assert found.keys() == expected.keys()
    for stage, run in found.items():
        assert run["tags"]["restored"] == run["tags"]["git_commit"] == pulled.made
        assert run["params"] == expected[stage]["params"]
        assert run["metrics"].keys() == expected[stage]["metrics"].keys() - {"training_seconds"}
        assert {key: run["metrics"].get(key) for key in FIGURES} == {
            key: expected[stage]["metrics"].get(key) for key in FIGURES
        }
        assert files(pulled, run) == files(pulled.origin, expected[stage]) - {"uncommitted.diff"}  # of then

    client = pulled.client()
    assert {version.tags["model"] for version in client.search_model_versions()} == {"keras", "numpy"}
    champion = pulled.origin.client().get_model_version_by_alias("digits", "champion").tags["model"]
    assert client.get_model_version_by_alias("digits", "champion").tags["model"] == champion
    for command in (ask, ("tracked", "sync")):
        assert pulled.run(*command).stderr == ""
    assert len(pulled.runs()) == len(found)


def test_the_ui_and_a_model_server_have_it_too(pulled, browser, model_server):
    with browser.ui(pulled.path, pulled.env(), "--port", str(model_server.free_port())):
        assert len(pulled.runs()) == 5
    test = read_samples(pulled.path / "data", "test")
    row, x = test.raw[0].ravel().astype(int).tolist(), test.x[:1]
    (version,) = pulled.client().search_model_versions("tags.model = 'keras'")
    expected = NeuralNet.load(pulled.path / "models/keras.npz").forward(x)
    with model_server.served(pulled.path, pulled.env(), f"models:/digits/{version.version}") as (url, _):
        status, answer = model_server.post(url, {"inputs": row})
    assert status == 200
    np.testing.assert_allclose(answer["predictions"], expected, atol=1e-5)


def test_outputs_that_were_not_pulled_are_asked_for(pulled):
    shutil.rmtree(pulled.path / "reports/evaluate")
    done = pulled.run("python", "-m", "pipeline.predict", "docs/images/digit.png", ok=False)
    assert "`dvc repro` makes them, `dvc pull` fetches those of others" in done.stderr
    assert not (pulled.path / "mlflow.db").exists()


def files(clone, run):
    return {file.path for file in clone.client().list_artifacts(run["id"])}
