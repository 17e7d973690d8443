"""Question 9: how the committed networks do on test digits, and how sure they are."""

from typing import Any

import numpy as np

from digitrack.data.samples import Samples
from digitrack.evaluation.errors import test
from digitrack.keras_net import network as keras_net
from digitrack.neural_net import NAMES, softmax
from digitrack.scores.measures import loss_and_accuracy
from pipeline.objects import maker
from study.experiments.setting import N_CLASSES, dataset, numpy_net, settings, six, training

SEEDS = 10
EDGES = np.array([0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1.0])  # of the confidence, finer where most answers are
SHOWN = 12  # mistakes


def run() -> dict[str, Any]:
    return {"edges": EDGES.tolist(), **{name: of_network(trained) for name, trained in NETWORKS.items()}}


def of_network(trained) -> dict[str, Any]:
    """Figures by seed, and of the test parts of all seeds together."""
    figures = [f"{part}_{kind}" for part in ("train", "test") for kind in ("loss", "accuracy")]
    grown = [f"grown_{layer}" for layer in ("W_h", "W_o")]
    by_seed: dict[str, list[float]] = {name: [] for name in [*figures, "test_confidence", *grown]}
    confidence, right, counts, shown = [], [], np.zeros((N_CLASSES, N_CLASSES), int), []
    for seed in range(SEEDS):
        data, (predict, before, after) = dataset(seed), trained(seed)
        for name, i in zip(grown, (0, 2), strict=True):
            by_seed[name].append(six(float(np.linalg.norm(after[i]) / np.linalg.norm(before[i]))))
        for part, samples in (("train", data.train), ("test", data.test)):
            loss, accuracy = loss_and_accuracy(predict(samples.x[:]), samples.y)
            by_seed[f"{part}_loss"].append(six(loss))
            by_seed[f"{part}_accuracy"].append(six(accuracy))
        z_o = predict(data.test.x[:])
        y, tested = softmax(z_o.astype(float)), test(z_o, data.test, range(N_CLASSES))
        counts += tested.confusion
        confidence.append(y.max(axis=-1))
        by_seed["test_confidence"].append(six(confidence[-1].mean()))
        right.append(y.argmax(axis=-1) == data.test.y)
        if seed == 0:
            shown = [mistake(row, data.test) for row in tested.errors[:SHOWN]]
    return {
        "by_seed": by_seed,
        "reliability": reliability(np.concatenate(confidence), np.concatenate(right)),
        "confusion": counts.tolist(),
        "n_tested": int(counts.sum()),
        "mistakes": shown,
    }


def reliability(confidence: np.ndarray, right: np.ndarray) -> dict[str, list]:
    """By bin of the confidence: how many answers, how sure they are on average, and what share is right."""
    bins = np.clip(np.digitize(confidence, EDGES) - 1, 0, len(EDGES) - 2)
    places = [bins == i for i in range(len(EDGES) - 1)]
    return {
        "n": [int(place.sum()) for place in places],
        "right": [int(right[place].sum()) for place in places],
        "confidence": [six(confidence[place].mean()) if place.any() else None for place in places],
        "confidence_of_wrong": six(np.median(confidence[~right])),
        "confidence_of_all": six(confidence.mean()),
    }


def mistake(row: dict[str, float], samples: Samples) -> dict[str, Any]:
    image = samples.raw[np.flatnonzero(samples.ids == row["index"])[0]]
    return {**row, "image": image.astype(int).tolist()}


def of_numpy(seed: int):
    """A trained network as a function to logits, and its four arrays before and after."""
    own, (x, y) = settings().train_numpy, training(seed)
    net, first = numpy_net(seed), numpy_net(seed)
    net.fit(x, y, own.learning_rate, own.epochs, batch_size=own.batch_size, seed=seed)
    return net.logits, *([getattr(each, name) for name in NAMES] for each in (first, net))


def of_keras(seed: int):
    own, train = settings().train_keras, dataset(seed).train
    kernel_initializer = maker(own.kernel_initializer, "train_keras.kernel_initializer")
    keras_net.start_afresh(seed)
    first = keras_net.untrained(train.x.shape[1], own.n_hidden, N_CLASSES, kernel_initializer).get_weights()
    model = keras_net.fit(
        train.x[:],
        train.y,
        N_CLASSES,
        n_hidden=own.n_hidden,
        epochs=own.epochs,
        batch_size=own.batch_size,
        optimizer=maker(own.optimizer, "train_keras.optimizer"),
        kernel_initializer=kernel_initializer,
        seed=seed,
        on_epoch=lambda epoch, predict: False,
    )
    return model.predict_on_batch, first, model.get_weights()


NETWORKS = {"numpy": of_numpy, "keras": of_keras}
