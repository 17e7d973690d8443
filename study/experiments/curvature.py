"""Question 6: how curved the loss is where training starts, and what rates do to the hidden units."""

from typing import Any

import numpy as np

from digitrack.neural_net import NAMES, NeuralNet
from study.experiments.setting import numpy_net, settings, six, training

SAMPLES = 200  # whose own curvature is looked at
ITERATIONS = 60  # of the power method
NUDGE = 1e-5  # along a direction of norm 1, for the difference of gradients
RATES = (0.1, 0.3, 1.0, 10.0, 100.0)
FLAT = 0.001  # a slope h (1 - h) below which a unit learns next to nothing from a sample


def run() -> dict[str, Any]:
    x, y = training(0)
    net, rng = numpy_net(0), np.random.default_rng(0)
    single = [largest(net, x[[i]], y[[i]]) for i in rng.choice(len(x), SAMPLES, replace=False)]
    return {
        "mean_loss": six(largest(net, x, y)),
        "single_median": six(np.median(single)),
        "single_max": six(max(single)),
        "samples": SAMPLES,
        "flat_below": FLAT,
        "flat": {str(batch): {f"{rate:g}": six(flat(rate, batch, x, y)) for rate in RATES} for batch in (1, 32)},
    }


def largest(net: NeuralNet, x: np.ndarray, y: np.ndarray) -> float:
    """The largest eigenvalue of the mean loss's second derivative, by the power method on differences of gradients."""
    start = flattened(net)
    v = np.random.default_rng(0).normal(size=start.size)
    for _ in range(ITERATIONS):
        v /= np.linalg.norm(v)
        product = (gradient(net, start + NUDGE * v, x, y) - gradient(net, start - NUDGE * v, x, y)) / (2 * NUDGE)
        value, v = float(v @ product), product
    put(net, start)
    return value


def gradient(net: NeuralNet, weights: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    put(net, weights)
    found = net.grad_loss(x, y)
    return np.concatenate([found[name].ravel() for name in NAMES]) / len(x)


def flattened(net: NeuralNet) -> np.ndarray:
    return np.concatenate([getattr(net, name).ravel() for name in NAMES])


def put(net: NeuralNet, weights: np.ndarray) -> None:
    here = 0
    for name in NAMES:
        array = getattr(net, name)
        array[...] = weights[here : here + array.size].reshape(array.shape)
        here += array.size


def flat(rate: float, batch_size: int, x: np.ndarray, y: np.ndarray) -> float:
    """The share of slopes h (1 - h), over units and samples, that are flat after training."""
    net, own = numpy_net(0), settings().train_numpy
    net.fit(x, y, rate, own.epochs, batch_size=batch_size, seed=0)
    h = net.forward_with_hidden(x)[2]
    return float((h * (1 - h) < FLAT).mean())
