"""Question 8: slopes, gradients and weights of the numpy network, from initial weights of several spreads."""

from typing import Any

import numpy as np

from digitrack.neural_net import NeuralNet, cross_entropy, log_softmax
from study.experiments.setting import numpy_net, orders, settings, six, training

STDDEVS = (0.0, 0.001, 0.15, 1.0, 10.0)
SEEDS = 10
EPOCHS = 10
BINS = np.concatenate([[-np.inf], np.arange(-12, 0), [0]])  # of log10 of the slope h (1 - h)
LOOKS = np.unique(np.concatenate([[0], np.round(np.geomspace(1, 1077 * EPOCHS, 28)).astype(int)]))  # updates
UNITS = 8  # whose weights are shown
STEEP = 0.01  # a slope h (1 - h) from which a unit learns from a sample


def run() -> dict[str, Any]:
    x, y = training(0)
    found = {f"{stddev:g}": followed(stddev, x, y) for stddev in STDDEVS}
    return {"updates": LOOKS.tolist(), "bins": BINS[1:].tolist(), "by_stddev": found}


def followed(stddev: float, x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    """A training, looked at between its updates; and the gradients that ten seeds begin with."""
    rate = settings().train_numpy.learning_rate
    net, order = numpy_net(0, stddev), orders(len(x), EPOCHS, 0)
    before, slopes, start_of_W_h = units(net), slopes_of(net, x), net.W_h.copy()
    steep = (slope(net, x) > STEEP).sum(axis=0)  # samples, by unit
    norms, losses = [], []
    for here, there in zip(LOOKS, [*LOOKS[1:], None], strict=True):
        norms.append(mean_gradient(net, x, y))
        losses.append(cross_entropy(y, log_softmax(net.logits(x))).mean())
        if there is not None:
            rows = order[here:there]
            net.fit(x[rows], y[rows], rate, 1, shuffle=False, fast=False)
    start = np.array([mean_gradient(numpy_net(seed, stddev), *training(seed)) for seed in range(SEEDS)])
    size = np.array([np.linalg.norm(numpy_net(seed, stddev).W_h) for seed in range(SEEDS)])
    moves = np.linalg.norm(net.W_h - start_of_W_h, axis=0)  # by unit
    return {
        "size_W_h": six(float(np.linalg.norm(start_of_W_h))), "moved_W_h": six(float(np.linalg.norm(moves))),
        "units_differ_by": six(np.ptp(net.W_h, axis=1).max()), "least_moved_unit": six(moves.min()),
        "steep_samples": [int(steep.min()), float(np.median(steep))],
        "share_steep": six((slope(numpy_net(0, stddev), x) > STEEP).mean()),
        "relative_start_W_h": six(start[:, 0] / size) if stddev else None,
        "W_h": six(np.array(norms)[:, 0]), "W_o": six(np.array(norms)[:, 1]), "loss": six(np.array(losses)),
        "start_W_h": six(start[:, 0]), "start_W_o": six(start[:, 1]),
        "slopes_before": slopes, "slopes_after": slopes_of(net, x),
        "median_slope": six(np.median(slope(numpy_net(0, stddev), x))),
        "images_before": before, "images_after": units(net),
    }  # fmt: skip


def mean_gradient(net: NeuralNet, x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """The norms of the mean loss's gradient with respect to W_h and W_o."""
    gradient = net.grad_loss(x, y)
    return float(np.linalg.norm(gradient["W_h"]) / len(x)), float(np.linalg.norm(gradient["W_o"]) / len(x))


def slope(net: NeuralNet, x: np.ndarray) -> np.ndarray:
    """h (1 - h) of every unit for every sample, exact where h rounds to 1: sigmoid' is even."""
    z = np.abs(net.forward_with_hidden(x)[1])
    e = np.exp(-z)
    return e / (1 + e) ** 2


def slopes_of(net: NeuralNet, x: np.ndarray) -> list:
    """Their shares in BINS."""
    with np.errstate(divide="ignore"):
        logs = np.log10(slope(net, x)).ravel()
    return six(np.histogram(logs, BINS)[0] / logs.size)


def units(net: NeuralNet) -> list:
    """The weights into the first hidden units, as images (UNITS, 8, 8)."""
    return [
        [[float(f"{entry:.3g}") for entry in row] for row in unit] for unit in net.W_h.T[:UNITS].reshape(UNITS, 8, 8)
    ]
