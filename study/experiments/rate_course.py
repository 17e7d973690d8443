"""Question 6: how training survives first steps that are too large, and whose the loss is at failing rates."""

from typing import Any

import numpy as np

from digitrack.neural_net import NeuralNet, cross_entropy, log_softmax
from study.experiments.curvature import largest
from study.experiments.setting import numpy_net, orders, settings, six, training

RATE, BATCH_SIZE = 1.0, 32
LOOKS = (0, 1, 3, 10)  # epochs after which the curvature is looked at; also at the end
FAILING = ((1, 1.0), (1, 3.0), (1, 10.0), (1, 100.0), (32, 100.0))  # batch sizes and rates that leave a high loss
SEEDS = range(5)


def run() -> dict[str, Any]:
    return {"rate": RATE, "batch_size": BATCH_SIZE, **course(), "n_seeds": len(SEEDS), "of_wrong": wrong()}


def course() -> dict[str, Any]:
    """The mean loss before and after each update of the first epoch, and 2 / curvature after some epochs (seed 0)."""
    (x, y), net, epochs = training(0), numpy_net(0), settings().train_numpy.epochs
    losses, bounds = [loss(net, x, y).mean()], {"0": 2 / largest(net, x, y)}
    for epoch, order in enumerate(orders(len(x), epochs, 0).reshape(epochs, -1), 1):
        size = BATCH_SIZE if epoch == 1 else len(x)  # how many samples lie between two looks
        for start in range(0, len(x), size):
            rows = order[start : start + size]
            net.fit(x[rows], y[rows], RATE, 1, batch_size=BATCH_SIZE, shuffle=False)
            losses += [loss(net, x, y).mean()] * (epoch == 1)
        if epoch in (*LOOKS, epochs):
            bounds[str(epoch)] = 2 / largest(net, x, y)
    return {"losses": six(np.array(losses)), "bounds": {epoch: six(bound) for epoch, bound in bounds.items()}}


def wrong() -> dict[str, Any]:
    """For each failing rate, the part of the training loss that comes from digits with a wrong answer."""
    return {
        f"batch {batch}, rate {rate:g}": six(float(np.mean([part(batch, rate, seed) for seed in SEEDS])))
        for batch, rate in FAILING
    }


def part(batch: int, rate: float, seed: int) -> float:
    (x, y), net = training(seed), numpy_net(seed)
    net.fit(x, y, rate, settings().train_numpy.epochs, batch_size=batch, seed=seed)
    by_digit, answers = loss(net, x, y), net.logits(x).argmax(axis=1)
    return float(by_digit[answers != y.argmax(axis=1)].sum() / by_digit.sum())


def loss(net: NeuralNet, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Digit by digit."""
    return cross_entropy(y, log_softmax(net.logits(x)))
