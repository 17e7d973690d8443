"""Question 7: how the training ends by the rate, with Keras' optimizers written in numpy."""

from collections.abc import Callable
from typing import Any

import numpy as np

from digitrack.neural_net import NAMES, NeuralNet, cross_entropy, log_softmax
from study.experiments.setting import N_CLASSES, dataset, orders, settings, six, training

EPOCHS = 30
BATCH_SIZE = 32
FACTORS = 10.0 ** np.arange(-1, 1.5, 0.5)  # of the rate that the page uses
EPSILON, BETA_1, BETA_2, RHO = 1e-7, 0.9, 0.999, 0.95  # Keras' defaults
Step = Callable[[np.ndarray], np.ndarray]


def sgd(rate: float) -> Step:
    return lambda g: -rate * g


def momentum(rate: float) -> Step:
    step = np.zeros(1)

    def update(g: np.ndarray) -> np.ndarray:
        nonlocal step
        step = 0.9 * step - rate * g
        return step

    return update


def rmsprop(rate: float) -> Step:
    v = np.zeros(1)

    def update(g: np.ndarray) -> np.ndarray:
        nonlocal v
        v = 0.9 * v + 0.1 * g**2
        return -rate * g / np.sqrt(v + EPSILON)

    return update


def adagrad(rate: float) -> Step:
    total = np.full(1, 0.1)

    def update(g: np.ndarray) -> np.ndarray:
        nonlocal total
        total = total + g**2
        return -rate * g / np.sqrt(total + EPSILON)

    return update


def adadelta(rate: float) -> Step:
    v, u = np.zeros(1), np.zeros(1)

    def update(g: np.ndarray) -> np.ndarray:
        nonlocal v, u
        v = RHO * v + (1 - RHO) * g**2
        step = -g * np.sqrt(u + EPSILON) / np.sqrt(v + EPSILON)
        u = RHO * u + (1 - RHO) * step**2
        return rate * step

    return update


def adam(rate: float) -> Step:
    m, v, n = np.zeros(1), np.zeros(1), 0

    def update(g: np.ndarray) -> np.ndarray:
        nonlocal m, v, n
        n += 1
        m, v = BETA_1 * m + (1 - BETA_1) * g, BETA_2 * v + (1 - BETA_2) * g**2
        return -rate * np.sqrt(1 - BETA_2**n) / (1 - BETA_1**n) * m / (np.sqrt(v) + EPSILON)

    return update


OPTIMIZERS: dict[str, tuple[Callable[[float], Step], float]] = {
    "sgd": (sgd, 0.5),
    "momentum": (momentum, 0.1),
    "rmsprop": (rmsprop, 0.003),
    "adagrad": (adagrad, 0.1),
    "adadelta": (adadelta, 1.0),
    "adam": (adam, 0.01),
}


def run() -> dict[str, Any]:
    found = {
        name: [{"rate": six(factor * rate), **trained(make(factor * rate))} for factor in FACTORS]
        for name, (make, rate) in OPTIMIZERS.items()
    }
    constants = {"beta_1": BETA_1, "beta_2": BETA_2, "rho": RHO, "epsilon": EPSILON}
    return {"by_optimizer": found, "constants": constants, "first_step_of_adadelta": six((EPSILON / (1 - RHO)) ** 0.5)}


def trained(step: Step) -> dict[str, float]:
    """How a training of seed 0 ends, from Glorot's weights."""
    x, y = training(0)
    net, order = NeuralNet(64, settings().train_keras.n_hidden, N_CLASSES, seed=0), orders(len(x), EPOCHS, 0)
    sizes = [getattr(net, name).size for name in NAMES]
    ends = np.cumsum(sizes)[:-1]
    for epoch in np.split(order, EPOCHS):
        for start in range(0, len(x), BATCH_SIZE):
            rows = epoch[start : start + BATCH_SIZE]
            gradient = net.grad_loss(x[rows], y[rows])
            moved = step(np.concatenate([gradient[name].ravel() for name in NAMES]) / len(rows))
            for name, part in zip(NAMES, np.split(moved, ends), strict=True):
                getattr(net, name)[...] += part.reshape(getattr(net, name).shape)
    validation = dataset(0).validation
    z_o = net.logits(x)
    return {
        "train_loss": six(cross_entropy(y, log_softmax(z_o)).mean()),
        "train_accuracy": six((z_o.argmax(-1) == y.argmax(-1)).mean()),
        "val_accuracy": six((net.predict(validation.x[:]) == validation.y).mean()),
    }
