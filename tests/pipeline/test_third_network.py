"""A third network, which is not four arrays, added step by step as docs/own.md says."""

import csv
import json
import shutil

import pytest
import yaml

pytestmark = pytest.mark.long

LIBRARY = '''"""Gaussian naive Bayes: a class is a mean and a variance of every feature."""

from pathlib import Path

import numpy as np


def fit(x, y, n_classes, smoothing):
    """The arrays of a model of x (n, n_features), y (n,)."""
    means = np.array([x[y == k].mean(axis=0) for k in range(n_classes)])
    variances = np.array([x[y == k].var(axis=0) for k in range(n_classes)]) + smoothing
    return {"means": means, "variances": variances, "shares": np.bincount(y, minlength=n_classes) / len(y)}


def predictor(means, variances, shares):
    """From rows (n, n_features) to logits (n, n_classes)."""

    def predict(x):
        distance = (np.asarray(x)[:, None] - means) ** 2 / variances + np.log(variances)
        return np.log(shares) - distance.sum(axis=-1) / 2

    return predict


def load(file: Path):
    with np.load(file, allow_pickle=False) as arrays:
        return predictor(**arrays)


def served(files):
    predict = load(files["net"])
    with np.load(files["scaler"]) as scaler:
        mean, scale = scaler["mean"], scaler["scale"]

    def probabilities(rows):
        score = predict((np.asarray(rows, float) - mean) / scale)
        e = np.exp(score - score.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)

    return probabilities
'''
STAGE = '''"""Train naive Bayes: data/ -> models/bayes.npz, reports/train_bayes/."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from digitrack import naive_bayes
from digitrack.data.samples import read_samples
from pipeline.training import Training, trained
from tracked import Outcome, Report, Served, main

if TYPE_CHECKING:
    from pipeline.settings import Settings


def run(settings: "Settings", folder: Path, report: Report) -> Outcome:
    """Fit in one pass; write the model and its one point of a curve."""
    training = Training("bayes", folder, 1, report)
    train = training.train
    arrays = naive_bayes.fit(train.x[:], train.y, training.n_classes, settings.train_bayes.smoothing)
    np.savez(training.model, allow_pickle=False, **arrays)
    training.epoch(0, naive_bayes.predictor(**arrays))
    return outcome(settings, folder, training_seconds=training.end())


def outcome(settings: "Settings", folder: Path, **figures: float) -> Outcome:
    """What the files of the fit tell."""
    train = read_samples(folder / "data", "train")

    def served(spare: Path) -> Served:
        files = {"net": folder / "models/bayes.npz", "scaler": folder / "data/scaler.npz"}
        files["about"] = folder / "data/about.json"
        outputs = naive_bayes.load(files["net"])(train.x[:2])
        return Served("digitrack.naive_bayes:served", files, train.raw[:2].reshape(2, -1), outputs)

    return trained("bayes", folder, train, served, figures)


if __name__ == "__main__":
    main(run)
'''
READ = '''def naive_bayes(file: Path) -> Predict:
    """A mean and a variance of every feature, for each class."""
    from digitrack import naive_bayes

    return naive_bayes.load(file)


'''
ENTRY = {
    "cmd": "python -m pipeline.train_bayes",
    "deps": [
        "data/about.json", "data/scaler.npz", "data/train.npy", "data/train.npz", "data/validation.npy",
        "data/validation.npz", "pipeline/__init__.py", "pipeline/train_bayes.py",
        "pipeline/training.py", "src/digitrack/__init__.py", "src/digitrack/data",
        "src/digitrack/naive_bayes", "src/digitrack/scores", "src/digitrack/training",
    ],
    "params": ["seed", "train_bayes"],
    "outs": ["models/bayes.npz", "reports/train_bayes/curves.csv"],
}  # fmt: skip


def library(clone):
    (clone.path / "src/digitrack/naive_bayes").mkdir()
    (clone.path / "src/digitrack/naive_bayes/__init__.py").write_text(LIBRARY)


def stage(clone):
    (clone.path / "pipeline/train_bayes.py").write_text(STAGE)


def conf(clone):
    clone.edit("conf/config.yaml", "evaluate:\n", "train_bayes:\n  smoothing: 0.1\n\nevaluate:\n")


def schema(clone):
    own = "@dataclass(config=closed)\nclass TrainBayes:\n    smoothing: Rate\n\n\n"
    clone.edit(
        "pipeline/settings.py",
        "@dataclass(config=closed)\nclass Evaluate:",
        f"{own}@dataclass(config=closed)\nclass Evaluate:",
    )
    clone.edit(
        "pipeline/settings.py", "    evaluate: Evaluate\n", "    train_bayes: TrainBayes\n    evaluate: Evaluate\n"
    )


def graph(clone):
    file = clone.path / "dvc.yaml"
    whole = yaml.safe_load(file.read_text())
    evaluate = whole["stages"].pop("evaluate")
    evaluate["deps"] += ["models/bayes.npz", "reports/train_bayes/curves.csv", "src/digitrack/naive_bayes"]
    evaluate["outs"] += ["reports/evaluate/bayes"]
    evaluate["metrics"] += [{"metrics/bayes.json": {"cache": False}}]
    whole["stages"] |= {"train_bayes": ENTRY, "evaluate": evaluate}
    file.write_text(yaml.safe_dump(whole, sort_keys=False))


def line(clone):
    last = '    "numpy": four_arrays,\n'
    clone.edit("pipeline/networks.py", last, f'{last}    "bayes": naive_bayes,\n')
    clone.edit("pipeline/networks.py", "NETWORKS: dict", f"{READ}NETWORKS: dict")


STEPS = (library, stage, conf, schema, graph, line)
NAMED = {
    stage: "pipeline/train_bayes.py is missing",
    conf: "conf/config.yaml has no section train_bayes",
    schema: "pipeline/settings.py: no train_bayes",
    graph: "dvc.yaml has no stage train_bayes",
    line: "pipeline/networks.py: NETWORKS has no line for bayes",
}


def test_a_third_network_is_in_every_table_picture_and_page(finished, model_server):
    for step in STEPS:
        step(finished)
    finished.commit()
    finished.run(
        "python",
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:randomly",
        "tests/pipeline/test_networks.py",
        "tests/test_architecture.py",
    )
    told = finished.run("dvc", "repro").stdout
    rows = {line.split()[0] for line in told.splitlines() if line}
    assert {"keras", "numpy", "bayes"} <= rows
    assert "test samples fool all three." in told

    out = finished.path / "reports/evaluate"
    wrong = [
        {row["index"] for row in csv.DictReader((out / net / "errors.csv").read_text().splitlines())}
        for net in ("keras", "numpy", "bayes")
    ]
    metrics = [json.loads((finished.path / f"metrics/{net}.json").read_text()) for net in ("keras", "numpy", "bayes")]
    assert [found["errors"] for found in metrics] == [len(indices) for indices in wrong]
    missed = list(csv.DictReader((out / "wrong_by_all.csv").read_text().splitlines()))
    assert {row["index"] for row in missed} == set.intersection(*wrong)
    assert 0.5 < metrics[-1]["test_accuracy"] < 1
    assert (out / "bayes/errors.png").exists()
    page = (out / "draw.html").read_text()
    assert "Left out: bayes" in page
    assert "Test samples that fool all 3 networks" in page

    (parent,) = (
        run for run in finished.runs() if "train_bayes.smoothing" in run["params"] and "configuration" in run["tags"]
    )
    assert "val_loss/bayes" in parent["metrics"]
    (evaluated,) = (run for run in finished.runs() if "bayes.test_accuracy" in run["metrics"])
    assert evaluated["tags"]["mlflow.parentRunId"] == parent["id"]
    assert "| bayes&emsp; |" in parent["tags"]["mlflow.note.content"]
    versions = finished.client().search_model_versions("name = 'digits' and tags.model = 'bayes'")
    assert len(versions) == 1
    uri = f"models:/digits/{versions[0].version}"
    finished.run("python", "-m", "pipeline.predict", "--model", uri, "docs/images/digit.png")
    with model_server.served(finished.path, finished.env(), uri) as (url, _):
        whole = [[8] * 64, [0] * 64]
        status, answer = model_server.post(url, {"instances": whole})
        assert (status, len(answer["predictions"])) == (200, 2)
        assert model_server.post(url, {"inputs": whole[0]}) == (200, {"predictions": answer["predictions"][:1]})
        assert model_server.post(url, {"inputs": [[8] * 63]})[0] == 400

    swept = finished.run("python", "-m", "pipeline.train_bayes", "-m", "train_bayes.smoothing=0.01,0.1,1")
    assert "3 jobs: 3 done" in swept.stdout
    whole = finished.run(
        "python", "-m", "pipeline", "-m", "seed=range(2)", "train_keras.epochs=1", "train_numpy.epochs=1"
    )
    assert "bayes test_accuracy: mean 0." in whole.stdout


def test_a_step_left_out_is_named(reproduced, tmp_path):
    for left_out, named in NAMED.items():
        shutil.copytree(reproduced.path, tmp_path / left_out.__name__, symlinks=True)
        clone = type(reproduced)(tmp_path / left_out.__name__, fill=False)
        for step in STEPS:
            if step is not left_out:
                step(clone)
        done = clone.run(
            "python", "-m", "pytest", "-q", "-p", "no:randomly", "tests/pipeline/test_networks.py", ok=False
        )
        assert named in done.stdout
