"""Questions 9 and 14: losses and sureness of the numpy network, epoch by epoch; and the order of the digits' file."""

from typing import Any

import numpy as np

from digitrack.neural_net import NeuralNet, cross_entropy, log_softmax, one_hot, softmax
from pipeline.objects import source
from study.experiments.setting import N_CLASSES, dataset, numpy_net, settings, six, training

SPLITS = 10
WRITERS = 13  # people, who may have written thirteenths of the file
SEEDS = 5  # as many as Keras has with batches of 1
SCALES = np.array([0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])  # of z_o after training


def run() -> dict[str, Any]:
    """Lists of lists: by seed, then by epoch or scale; the first entry by epoch is from before training."""
    found = [followed(seed) for seed in range(SEEDS)]
    return {
        "scales": SCALES.tolist(),
        **{name: [six(np.array(each[name])) for each in found] for name in found[0]},
        "order": order(),
    }


def followed(seed: int) -> dict[str, list[float]]:
    own, (x, y), net = settings().train_numpy, training(seed), numpy_net(seed)
    looks = [look(net, seed)]

    def on_epoch(epoch: int, loss: float, val_loss: float | None) -> bool:
        looks.append(look(net, seed))
        return False

    net.fit(x, y, own.learning_rate, own.epochs, batch_size=own.batch_size, seed=seed, on_epoch=on_epoch)
    test = dataset(seed).test
    z_o, right = net.logits(test.x[:]), one_hot(test.y, N_CLASSES)
    scaled = [cross_entropy(right, log_softmax(scale * z_o)).mean() for scale in SCALES]
    return {**{name: [each[name] for each in looks] for name in looks[0]}, "test_loss_by_scale": scaled}


def look(net: NeuralNet, seed: int) -> dict[str, float]:
    (x, y), validation, test = training(seed), dataset(seed).validation, dataset(seed).test
    of_train, of_validation, of_test = net.logits(x), net.logits(validation.x[:]), net.logits(test.x[:])
    probabilities = softmax(of_test)
    right = of_test.argmax(-1) == test.y
    return {
        "train_loss": cross_entropy(y, log_softmax(of_train)).mean(),
        "train_wrong": int((of_train.argmax(-1) != y.argmax(-1)).sum()),
        "val_loss": cross_entropy(one_hot(validation.y, N_CLASSES), log_softmax(of_validation)).mean(),
        "test_loss": cross_entropy(one_hot(test.y, N_CLASSES), log_softmax(of_test)).mean(),
        "test_accuracy": right.mean(),
        "wrong_probability": probabilities.max(-1)[~right].mean(),
    }


def order() -> dict[str, Any]:
    """Whether digits that stand together in the file are alike, as digits of one writer would be."""
    whole = source(settings().data)
    x = whole.x.reshape(len(whole.y), -1).astype(float)
    thirteenth = np.empty(len(x), int)
    for i, places in enumerate(np.array_split(np.arange(len(x)), WRITERS)):
        thirteenth[places] = i
    square = (x**2).sum(axis=1)
    distance = square[:, None] + square - 2 * x @ x.T
    np.fill_diagonal(distance, np.inf)
    together = thirteenth[distance.argmin(axis=1)] == thirteenth
    splits = [dataset(seed) for seed in range(SPLITS)]
    ids = [part.ids for split in splits for part in (split.train, split.validation, split.test)]
    return {
        "neighbour_in_same": six(float(together.mean())),
        "by_chance": six(float((np.bincount(thirteenth)[thirteenth] - 1).mean()) / (len(x) - 1)),
        "least_of_a_thirteenth_in_a_part": int(
            min(np.bincount(thirteenth[own], minlength=WRITERS).min() for own in ids)
        ),
    }
