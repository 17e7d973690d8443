"""Ten seeds, each its own split and initial weights: how good the networks are, and how their settings were chosen.

    python bench/seeds.py           # test accuracy with the committed settings, beside scikit-learn's
    python bench/seeds.py choose    # validation accuracy of the candidates for those settings; test data are not read

The first writes a table into docs/neural_net.md, the second prints the best candidates; both write into bench/results/.
"""

import os
import sys

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import itertools
import math
from dataclasses import replace
from time import perf_counter

import numpy as np
from document import ROOT, machine, save, table, write
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC

sys.path.insert(0, str(ROOT))  # the package `pipeline`, not the script of that name beside this one

from digitrack.data import split
from digitrack.data.samples import Samples
from digitrack.keras_net import network
from digitrack.neural_net import NeuralNet, one_hot
from digitrack.scores.measures import loss_and_accuracy
from digitrack.training.best import Best
from pipeline.networks import Predict
from pipeline.objects import maker, source
from pipeline.settings import KernelInitializer, TrainKeras, TrainNumpy
from tracked import load_settings

SEEDS = range(10)
EPOCHS = (10, 20, 30)  # candidates; one training to the last gives them all
RATES, STDDEVS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3), (None, 0.05, 0.1, 0.15, 0.3)  # without stddev: uniform
KERAS_RATES, KERAS_BATCH_SIZES = (0.003, 0.01, 0.03), (16, 32)
CFG = load_settings(ROOT / "params.yaml")


def dataset(seed: int) -> split.Dataset:
    shares = CFG.split
    return split.make(source(CFG.data), shares.train, shares.validation, shares.test, seed, shares.scaling)


class Course:
    """(loss, accuracy) on the held-out samples after every epoch; validation samples say where early stopping ends."""

    def __init__(self, data: split.Dataset, held_out: Samples, early_stopping: int | None) -> None:
        self.validation, self.held_out, self.rows = data.validation, held_out, list[tuple[float, float]]()
        self.best = None if early_stopping is None else Best(early_stopping)

    def epoch(self, epoch: int, predict: Predict) -> bool:
        self.rows.append(loss_and_accuracy(predict(self.held_out.x[:]), self.held_out.y))
        if self.best is None:
            return False
        return self.best.ends(epoch, loss_and_accuracy(predict(self.validation.x[:]), self.validation.y)[0], list)

    @property
    def kept(self) -> tuple[float, float]:
        return self.rows[-1 if self.best is None or self.best.epoch is None else self.best.epoch]


def numpy_course(own: TrainNumpy, seed: int, data: split.Dataset, held_out: Samples) -> Course:
    course, kernel, x = Course(data, held_out, own.early_stopping), own.kernel_initializer, data.train.x[:]
    net = NeuralNet(x.shape[1], own.n_hidden, 10, initializer=kernel.name, stddev=kernel.stddev, seed=seed)
    net.fit(
        x, one_hot(data.train.y, 10), own.learning_rate, own.epochs, batch_size=own.batch_size, seed=seed,
        l2=own.l2 or 0, rate_decay=own.rate_decay or 1, on_epoch=lambda epoch, *_: course.epoch(epoch, net.logits),
    )  # fmt: skip
    return course


def keras_course(own: TrainKeras, seed: int, data: split.Dataset, held_out: Samples) -> Course:
    course = Course(data, held_out, own.early_stopping)
    network.fit(
        data.train.x[:], data.train.y, 10, n_hidden=own.n_hidden, epochs=own.epochs, batch_size=own.batch_size,
        optimizer=maker(own.optimizer, "train_keras.optimizer"),
        kernel_initializer=maker(own.kernel_initializer, "train_keras.kernel_initializer"), seed=seed,
        l2=own.l2, rate_decay=own.rate_decay,
        on_epoch=lambda epoch, model: course.epoch(epoch, model.predict_on_batch),
    )  # fmt: skip
    return course


def choose() -> None:
    data = [dataset(seed) for seed in SEEDS]
    found: dict[tuple[str, ...], np.ndarray] = {}
    for rate, stddev in itertools.product(RATES, STDDEVS):
        initializer, batch = "uniform" if stddev is None else "normal", CFG.train_numpy.batch_size
        own = replace(
            CFG.train_numpy, learning_rate=rate, epochs=EPOCHS[-1],
            kernel_initializer=KernelInitializer(initializer, stddev),
        )  # fmt: skip
        rows = np.array([numpy_course(own, s, data[s], data[s].validation).rows for s in SEEDS]).mean(0)
        name = initializer if stddev is None else f"{initializer} {stddev}"
        found |= {("numpy", f"{rate}", f"{batch}", name, f"{epochs}"): rows[epochs - 1] for epochs in EPOCHS}
        print(name, rate, rows[[e - 1 for e in EPOCHS]].round(4).tolist(), file=sys.stderr)
    for rate, batch in itertools.product(KERAS_RATES, KERAS_BATCH_SIZES):
        theirs = replace(
            CFG.train_keras, epochs=EPOCHS[-1], batch_size=batch,
            optimizer={"_target_": "keras.optimizers.Adam", "learning_rate": rate},
        )  # fmt: skip
        rows = np.array([keras_course(theirs, s, data[s], data[s].validation).rows for s in SEEDS]).mean(0)
        found |= {("Keras, Adam", f"{rate}", f"{batch}", "uniform", f"{e}"): rows[e - 1] for e in EPOCHS}
        print("keras", rate, batch, rows[[e - 1 for e in EPOCHS]].round(4).tolist(), file=sys.stderr)
    rows_out = [["net", "learning rate", "batch", "initializer", "epochs", "val accuracy", "val loss"]]
    for net in ("numpy", "Keras, Adam"):
        best = sorted((key for key in found if key[0] == net), key=lambda key: (-found[key][1], found[key][0]))
        rows_out += [[*key, f"{found[key][1]:.4f}", f"{found[key][0]:.4f}"] for key in best[:2]]
    print(table(rows_out))
    save("candidates", {" ".join(key): found[key].tolist() for key in found})


def compare() -> None:
    ours, theirs = CFG.train_numpy, CFG.train_keras

    def scikit_learn(seed, data):
        net = MLPClassifier([ours.n_hidden], activation="logistic", max_iter=2000, random_state=seed)
        return net.fit(data.train.x[:], data.train.y).score(data.test.x[:], data.test.y)

    def support_vectors(seed, data):
        return SVC(random_state=seed).fit(data.train.x[:], data.train.y).score(data.test.x[:], data.test.y)

    nets = {
        "numpy, `NeuralNet`": lambda seed, data: numpy_course(ours, seed, data, data.test).kept[1],
        "Keras": lambda seed, data: keras_course(theirs, seed, data, data.test).kept[1],
        "scikit-learn `MLPClassifier`, logistic, Adam": scikit_learn,
        "scikit-learn `SVC`, no network": support_vectors,
    }
    accuracy: dict[str, list[float]] = {name: [] for name in nets}
    seconds: dict[str, list[float]] = {name: [] for name in nets}
    for seed in SEEDS:
        data = dataset(seed)
        for name, score in nets.items():
            started = perf_counter()
            accuracy[name].append(score(seed, data))
            seconds[name].append(perf_counter() - started)
    rows = [["net", "test accuracy", "std", "training, s"]]
    for name, values in accuracy.items():
        mean, std = np.mean(values), np.std(values, ddof=1)
        rows.append([name, f"{mean:.4f}", f"{std:.4f}", f"{np.median(seconds[name]):.1f}"])
    own, other = (np.array(values) for name, values in accuracy.items() if "NeuralNet" in name or "MLP" in name)
    lead, error = (own - other).mean(), (own - other).std(ddof=1) / math.sqrt(len(SEEDS))
    text = (
        f"{table(rows)}\n\n`NeuralNet` leads `MLPClassifier` by {lead:.4f} ± {error:.4f} (standard error).\n"
        f"Means of {len(SEEDS)} seeds, {ours.n_hidden} hidden units, the same splits for all;\n"
        f"{machine('numpy', 'scikit-learn', 'keras', 'tensorflow')}."
    )
    write("seeds", text, {"test_accuracy": accuracy, "seconds": seconds})


if __name__ == "__main__":
    choose() if sys.argv[1:] == ["choose"] else compare()
