"""Questions 12 and 13: the gradient, against central differences of the student's own loss."""

import numpy as np
from scipy.special import expit

from .students_module import named
from .tell import Wrong, alike, array, equal
from .toy_network import NAMES, SHAPES, WEIGHTS, Z_H, H, T, X, Y, made


def grad_loss(module):
    net = made(module)
    got = returned(net.grad_loss(X[0].copy(), T[0].copy()))
    slopes = differences(module, net, X[0], T[0])
    for name in NAMES:
        compare(name, got[name], slopes[name], mistakes(name, slice(1)))
    if any(not np.array_equal(np.ravel(getattr(net, name)), WEIGHTS[name].ravel()) for name in NAMES):
        raise Wrong("it changes the network's weights: that is left to train_sample.")
    return batch(module, net)


def batch(module, net):
    """The same with several samples at once, which the text does not ask for. Raises Wrong."""
    one_at_a_time = "It takes one sample at a time, as the text asks."
    try:
        got = returned(net.grad_loss(X.copy(), T.copy()))
    except Exception:
        return one_at_a_time
    if got["W_h"].shape != SHAPES["W_h"]:
        return one_at_a_time
    slopes, n = differences(module, net, X, T), len(X)
    divisor = len(X) if alike(array(named(module, "nll")(T, Y)), -np.log(Y[T == 1]).mean()) else 1
    for name in NAMES:
        scale = {
            "of a batch, the gradient is n times too large: your nll gives the mean, so divide by n.": slopes[name] * n,
            "of a batch, the gradient is n times too small: L is the sum over the samples, not the mean.": (
                slopes[name] / n
            ),
        }
        others = {f"of a batch: {m}": v / divisor for m, v in mistakes(name, slice(None)).items()}
        compare(name, got[name], slopes[name], scale | others)


def returned(gradient):
    """The four arrays by name. Raises Wrong."""
    if isinstance(gradient, tuple | list) and len(gradient) == 4:
        gradient = dict(zip(NAMES, gradient, strict=True))
    if not isinstance(gradient, dict):
        array(gradient)
        raise Wrong("it must return a dictionary with the gradients of W_h, b_h, W_o and b_o.")
    if missing := [name for name in NAMES if name not in gradient]:
        raise Wrong(f"{', '.join(missing)} is missing in the dictionary, which has {', '.join(map(str, gradient))}.")
    return {name: array(gradient[name]) for name in NAMES}


def differences(module, net, x, t, step=1e-5):
    """The slope of the student's own L along each weight: up and down a step each."""
    nll, slopes = named(module, "nll"), {}
    for name in NAMES:
        weight = getattr(net, name)
        slope = np.zeros(SHAPES[name])
        for i in range(weight.size):
            at = np.unravel_index(i, weight.shape)
            before, sides = weight[at], []
            for side in (step, -step):
                weight[at] = before + side
                sides.append(np.sum(nll(t, net.forward(x))))
            weight[at] = before
            slope.flat[i] = (sides[0] - sides[1]) / (2 * step)
        slopes[name] = slope
    return slopes


def compare(name, got, right, typical):
    """Raises Wrong, with the weight's name."""
    if got.shape == right.T.shape != right.shape and alike(got, right.T):
        raise Wrong(
            f"the gradient of {name} is the transpose: {got.shape}, to be {right.shape} as {name} is. "
            "Of x^T d and d^T x one fits."
        )
    for factor in (2, 0.5):
        typical = typical | {f"it is {factor} times the right gradient.": right * factor}
    try:
        equal(got, right, typical, "Compare it with (L(weight + 1e-5) - L(weight - 1e-5)) / 2e-5, entry by entry.")
    except Wrong as wrong:
        raise Wrong(f"the gradient of {name}: {wrong}") from None


def mistakes(name, rows):
    """What typical mistakes give for a weight, from the samples in rows."""
    x, t, y, h, z_h = X[rows], T[rows], Y[rows], H[rows], Z_H[rows]
    slope, W_o, d = h * (1 - h), WEIGHTS["W_o"], y - t
    out = {
        "the sign is wrong: y - y_true, not y_true - y.": -d,
        "y_true is not subtracted: the derivative by z_o is y - y_true.": y,
        "y is missing: the derivative by z_o is y - y_true.": -t,
        "this is the derivative by y. Through the softmax, by z_o, all cancels to y - y_true.": -t / y,
        "the softmax is derived twice: y - y_true is the derivative by z_o already, without a factor y (1 - y).": (
            d * y * (1 - y)
        ),
    }
    layer = name[-1]
    if layer == "h":
        back = d @ W_o.T
        out = {message: (of_o @ W_o.T) * slope for message, of_o in out.items()}
        out |= {
            "dsigmoid was given h, not z_h.": back * expit(h) * (1 - expit(h)),
            "the factor dsigmoid(z_h) is missing.": back,
            "it takes h for dsigmoid(z_h), that is h (1 - h).": back * h,
            "it takes sigmoid(h) for dsigmoid(z_h).": back * expit(h),
            "it takes 1 - h for dsigmoid(z_h), that is h (1 - h).": back * (1 - h),
            "the factor dsigmoid(z_h) is in it twice.": back * slope * slope,
        }
    inputs = x if layer == "h" else h
    if name[0] == "W":
        found = {message: inputs.T @ of_z for message, of_z in out.items()}
        if layer == "o":
            found["it takes z_h for h: what W_o multiplies is h."] = z_h.T @ d
        return found
    found = {message: of_z.sum(axis=0) for message, of_z in out.items()}
    if len(x) > 1:
        found["it has a row for each sample: sum over them, axis=0."] = d if layer == "o" else (d @ W_o.T) * slope
    return found
