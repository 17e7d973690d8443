"""The tracked job of the whole pipeline, written by hand as one script: what `dvc repro` is measured against.

Same split, networks, epochs, curves, figures and logged models; no stages, no settings, no DVC. Run it, then the
pipeline, with the command in bench/repro.py.
"""

import json
import os
import sys
import tempfile
from pathlib import Path
from time import time

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1", TF_ENABLE_ONEDNN_OPTS="0")

import keras
import mlflow
import numpy as np
import tensorflow as tf
import yaml
from mlflow.entities import Metric
from sklearn.datasets import load_digits
from sklearn.metrics import classification_report, confusion_matrix
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from digitrack import neural_net
from digitrack.data.sample_info import SampleInfo
from digitrack.data.samples import Samples
from digitrack.data.scaled import Scaled, Scaler
from digitrack.plots.confusion import confusion as draw_confusion
from digitrack.plots.curves import curves as draw_curves
from digitrack.plots.errors import errors as draw_errors
from digitrack.plots.samples import samples as draw_samples
from digitrack.scores.measures import log_probabilities, loss_and_accuracy
from digitrack.training.curves import Curves

root = Path(__file__).resolve().parents[1]
folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp()).resolve()
folder.mkdir(exist_ok=True)
settings = yaml.safe_load((root / "params.yaml").read_text())
seed, keras_settings, numpy_settings = settings["seed"], settings["train_keras"], settings["train_numpy"]
names = Curves.NAMES

digits = load_digits()
pixels = digits.images.reshape(len(digits.images), -1)
rest, test = train_test_split(np.arange(len(pixels)), test_size=0.2, stratify=digits.target, random_state=seed)
train, val = train_test_split(rest, test_size=0.25, stratify=digits.target[rest], random_state=seed)
train, val, test = np.sort(train), np.sort(val), np.sort(test)
scaler = StandardScaler().fit(pixels[train])
x, y, one_hot = scaler.transform(pixels), digits.target, keras.utils.to_categorical(digits.target)
example = pixels[train[:2]]

mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
mlflow.create_experiment("digits", (folder / "mlartifacts").as_uri())
mlflow.set_experiment("digits")


def log_curves(curves):
    points = [Metric(k, v, int(time() * 1000), i) for i, row in enumerate(curves.rows, 1) for k, v in zip(names, row)]  # noqa: B905
    mlflow.MlflowClient().log_batch(mlflow.active_run().info.run_id, points)


WRAPPER = """
import json
from importlib import import_module
from pathlib import Path
import mlflow
from mlflow.pyfunc import PythonModel

class Model(PythonModel):
    def load_context(self, context):
        files = {name: Path(path) for name, path in context.artifacts.items()}
        module, _, function = json.loads(files.pop("served").read_text())["load"].partition(":")
        self.outputs = getattr(import_module(module), function)(files)

    def predict(self, context, model_input, params=None):
        return self.outputs(model_input)

mlflow.models.set_model(Model())
"""


def log_model(function, files, output, requirements=()):
    (folder / "wrapper.py").write_text(WRAPPER)
    (folder / "served.json").write_text(json.dumps({"load": f"digitrack.prediction.serving:{function}"}))
    about = {
        "shape": [8, 8],
        "class_names": [*"0123456789"],
        "feature_names": None,
        "largest": float(pixels[train].max()),
    }
    (folder / "about.json").write_text(json.dumps(about))
    files = {**files, "served": folder / "served.json", "about": folder / "about.json"}
    mlflow.pyfunc.log_model(
        name="model", python_model=str(folder / "wrapper.py"),
        artifacts={name: str(file) for name, file in files.items()}, code_paths=[str(root / "src/digitrack")],
        signature=mlflow.models.infer_signature(example, output), input_example=example,
        pip_requirements=["mlflow", "numpy", *requirements],
    )  # fmt: skip


def log_errors(net, logits):
    predicted, probabilities = logits.argmax(1), np.exp(log_probabilities(logits))
    wrong = np.flatnonzero(predicted != y[test])
    worst = wrong[np.argsort(-probabilities[wrong, predicted[wrong]].round(4), kind="stable")][:20]
    rows = [{"true": y[test][i], "predicted": predicted[i], "probability": probabilities[i].max()} for i in worst]
    draw_errors(folder / f"errors_{net}.png", net, rows, digits.images[test][worst])
    mlflow.log_artifact(folder / f"errors_{net}.png")
    for step, i in enumerate(worst):
        image = 255 - np.kron(digits.images[test][i] / 16 * 255, np.ones((16, 16)))
        mlflow.log_image(image.astype(np.uint8), key=f"errors_{net}", step=step)
    mlflow.log_text(classification_report(y[test], predicted), f"classes_{net}.txt")
    loss, accuracy = loss_and_accuracy(logits, y[test])
    mlflow.log_metrics({f"{net}.test_loss": loss, f"{net}.test_accuracy": accuracy})
    print(f"{net}: {accuracy:.4f}")
    return confusion_matrix(y[test], predicted)


with mlflow.start_run(run_name="script"):
    with mlflow.start_run(run_name="split", nested=True):
        picture, images = folder / "samples.png", digits.images[train]
        scaled = Scaled(images, Scaler(scaler.mean_, scaler.scale_))
        draw_samples(picture, Samples(train, images, scaled, y[train]), SampleInfo((8, 8), tuple("0123456789")))
        mlflow.log_artifact(picture)

    with mlflow.start_run(run_name="train_keras", nested=True):
        mlflow.log_params({k: str(v) for k, v in keras_settings.items()})
        keras.utils.set_random_seed(seed)
        tf.config.experimental.enable_op_determinism()
        layers = [keras.layers.Dense(keras_settings["n_hidden"], "sigmoid"), keras.layers.Dense(10)]
        model = keras.Sequential([keras.Input((64,)), *layers])
        model.compile(keras.optimizers.get({"class_name": keras_settings["optimizer"]["_target_"].split(".")[-1],
            "config": {"learning_rate": keras_settings["optimizer"]["learning_rate"]}}),
            keras.losses.CategoricalCrossentropy(from_logits=True))  # fmt: skip
        keras_curves = Curves()

        def after_epoch(*_):
            keras_curves.add(*((model.predict_on_batch(x[part]), y[part]) for part in (train, val)))

        callback = keras.callbacks.LambdaCallback(on_epoch_end=after_epoch)
        model.fit(x[train], one_hot[train], keras_settings["batch_size"], keras_settings["epochs"],
            verbose=0, callbacks=[callback])  # fmt: skip
        log_curves(keras_curves)
        scaling = keras.layers.Normalization(mean=scaler.mean_, variance=scaler.scale_**2)
        servable = keras.Sequential([keras.Input((64,)), scaling, *model.layers, keras.layers.Softmax()])
        arrays = dict(zip(neural_net.NAMES, model.get_weights(), strict=True))
        np.savez(folder / "keras.npz", **arrays)
        np.savez(folder / "scaler.npz", mean=scaler.mean_, scale=scaler.scale_)
        files = {"net": folder / "keras.npz", "scaler": folder / "scaler.npz"}
        output = servable.predict_on_batch(example)
        log_model("keras_net", files, output, ["keras", "tensorflow"])

    with mlflow.start_run(run_name="train_numpy", nested=True):
        mlflow.log_params({k: str(v) for k, v in numpy_settings.items()})
        kernel = numpy_settings["kernel_initializer"]
        net = neural_net.NeuralNet(
            64, numpy_settings["n_hidden"], 10, initializer=kernel["name"], stddev=kernel.get("stddev"), seed=seed
        )
        numpy_curves = Curves()

        def on_epoch(*_):
            numpy_curves.add(*((net.logits(x[part]), y[part]) for part in (train, val)))

        rate, epochs = numpy_settings["learning_rate"], numpy_settings["epochs"]
        net.fit(x[train], one_hot[train].astype(float), learning_rate=rate, epochs=epochs, seed=seed, on_epoch=on_epoch)
        log_curves(numpy_curves)
        weights = folder / "numpy.npz"
        net.save(weights)
        log_model("numpy_net", {"net": weights, "scaler": folder / "scaler.npz"}, net.forward(x[train[:2]]))

    with mlflow.start_run(run_name="evaluate", nested=True):
        confusion = {"keras": log_errors("keras", model.predict_on_batch(x[test]))}
        confusion["numpy"] = log_errors("numpy", net.logits(x[test]))
        draw_confusion(folder / "confusion.png", confusion, "0123456789")
        for net_name, curves in (("train_keras", keras_curves), ("train_numpy", numpy_curves)):
            curves.write(folder / net_name)
        tables = {n: Curves.read(folder / f"train_{n}") for n in ("keras", "numpy")}
        draw_curves(folder / "curves.png", tables)
        for name in ("confusion", "curves"):
            mlflow.log_artifact(folder / f"{name}.png")
