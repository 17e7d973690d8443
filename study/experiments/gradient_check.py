"""Question 12: the gradient against central differences, for steps from far too large to far too small."""

from typing import Any

import numpy as np

from digitrack.neural_net import NAMES, NeuralNet, nll
from study.experiments.setting import numpy_net, six, training

STEPS = 10.0 ** np.arange(-12, 0.5, 0.5)
SAMPLES = 8
ENTRIES = 40  # of each array, drawn at random


def run() -> dict[str, Any]:
    errors = {kind.__name__: of_steps(kind) for kind in (np.float64, np.float32)}
    return {"steps": six(STEPS), "errors": errors, "entries": ENTRIES, "samples": SAMPLES}


def of_steps(dtype: type) -> dict[str, list]:
    """For each array, the largest difference over the drawn entries, relative to the gradient's largest entry."""
    net, (x, y) = numpy_net(0, dtype=dtype), training(0)
    x, y = x[:SAMPLES].astype(dtype), y[:SAMPLES].astype(dtype)
    gradient, rng = net.grad_loss(x, y), np.random.default_rng(0)
    found = {}
    for name in NAMES:
        exact = gradient[name]
        places = rng.choice(exact.size, min(ENTRIES, exact.size), replace=False)
        drawn = [np.unravel_index(place, exact.shape) for place in places]
        errors = [max(abs(slope(net, name, i, step, x, y) - exact[i]) for i in drawn) for step in STEPS]
        found[name] = six(np.array(errors, float) / float(abs(exact).max()))
    return found


def slope(net: NeuralNet, name: str, i: tuple, step: float, x: np.ndarray, y: np.ndarray) -> float:
    """(L(w + step) - L(w - step)) / (2 step), in the network's precision."""
    weights, losses = getattr(net, name), []
    before = weights[i]
    for moved in (before + weights.dtype.type(step), before - weights.dtype.type(step)):
        weights[i] = moved
        losses.append(nll(y, net.forward(x)).sum(dtype=weights.dtype))
    weights[i] = before
    return float(losses[0] - losses[1]) / (2 * step)
