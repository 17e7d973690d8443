"""Question 12: the gradient against central differences, for steps from far too large to far too small."""

from collections.abc import Callable
from typing import Any

import numpy as np

from digitrack.neural_net import NAMES, NeuralNet, dsigmoid, nll
from study.experiments.setting import numpy_net, six, training

STEPS = 10.0 ** np.arange(-12, 0.5, 0.5)
SAMPLES = 8
ENTRIES = 40  # of each array, drawn at random
Gradient = Callable[[NeuralNet, np.ndarray, np.ndarray], dict[str, np.ndarray]]


def run() -> dict[str, Any]:
    errors = {kind.__name__: of_steps(kind) for kind in (np.float64, np.float32)}
    wrong = of_steps(np.float64, of_wrong_argument)["W_h"]
    return {"steps": six(STEPS), "errors": errors, "wrong": wrong, "entries": ENTRIES, "samples": SAMPLES}


def right(net: NeuralNet, x: np.ndarray, y: np.ndarray) -> dict[str, np.ndarray]:
    return net.grad_loss(x, y)


def of_wrong_argument(net: NeuralNet, x: np.ndarray, y: np.ndarray) -> dict[str, np.ndarray]:
    """A common mistake: dsigmoid is given h, not z_h."""
    probabilities, _, h = net.forward_with_hidden(x)
    return right(net, x, y) | {"W_h": x.T @ (((probabilities - y) @ net.W_o.T) * dsigmoid(h))}


def of_steps(dtype: type, derive: Gradient = right) -> dict[str, list]:
    """For each array, the largest difference over the drawn entries, relative to the gradient's largest entry."""
    net, (x, y) = numpy_net(0, dtype=dtype), training(0)
    x, y = x[:SAMPLES].astype(dtype), y[:SAMPLES].astype(dtype)
    gradient, rng = derive(net, x, y), np.random.default_rng(0)
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
