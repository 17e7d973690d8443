"""Questions 12 and 13: the gradient, against central differences of L."""

from itertools import product

import numpy as np
from scipy.special import expit, softmax

from .network import HIDDEN, affine
from .students_module import named
from .tell import Wrong, alike, array, differs, factor, listed
from .toy_network import NAMES, TOY

TURNED = "it is the transpose, and should have the shape of the weight: of x^T d and d^T x one fits."
ORDER = ("W_o", "b_o", "W_h", "b_h")  # as backpropagation goes: a mistake at the output shows in all


def grad_loss(module):
    net = TOY.made(module)
    before = TOY.values(net)
    got = returned(net.grad_loss(TOY.x[0].copy(), TOY.t[0].copy()))
    compare(got, slice(1))
    if any(not np.allclose(value, before[name], rtol=0, atol=1e-9) for name, value in TOY.values(net).items()):
        raise Wrong("it changes the network's weights: that is left to train_sample.")
    return batch(module, net)


def batch(module, net):
    """The same with several samples at once, which the text does not ask for. Raises Wrong."""
    one_at_a_time = "It takes one sample at a time, as the text asks."
    try:
        got = returned(net.grad_loss(TOY.x.copy(), TOY.t.copy()))
    except Exception:
        return one_at_a_time
    if got["W_h"].shape != TOY.shapes["W_h"]:
        return one_at_a_time
    each = -np.log(TOY.y[TOY.t == 1])
    is_mean = alike(array(named(module, "nll")(TOY.t, TOY.y)), each.mean())
    compare(got, slice(None), len(TOY.x) if is_mean else 1)


def returned(gradient):
    """The four arrays by name. Raises Wrong."""
    if isinstance(gradient, tuple | list) and len(gradient) == 4:
        gradient = dict(zip(NAMES, gradient, strict=True))
    if not isinstance(gradient, dict):
        array(gradient)
        raise Wrong("it must return a dictionary with the gradients of W_h, b_h, W_o and b_o.")
    if missing := [name for name in NAMES if name not in gradient]:
        raise Wrong(f"{', '.join(missing)} is missing in the dictionary, which has {', '.join(map(str, gradient))}.")
    return {name: array(gradient[name]).copy() for name in NAMES}


def compare(got, rows, divisor=1):
    """Raises Wrong with all that is wrong with the four gradients, each mistake once, with the weights that have it."""
    right = {name: slope / divisor for name, slope in TOY.slopes(rows).items()}
    if all(alike(got[name], value) for name, value in right.items()):
        return
    if message := order(got, right) or way_forward(got, rows, divisor):
        raise Wrong(message)
    found = {}
    for name in ORDER:
        for message in mistakes(name, got[name], right, rows, divisor, found):
            found.setdefault(message, []).append(name)
    of_batch = "" if rows == slice(1) else "of a batch: "
    if found:
        # What is known of a mistake comes before numbers that differ, which the mistake may explain.
        known = {text: names for text, names in found.items() if not text.startswith(("it gives", "its shape"))}
        parts = [
            f"the gradient{'s' if names[1:] else ''} of {listed(names)}: {of_batch}{text}"
            for text, names in (known or dict([next(iter(found.items()))])).items()
        ]
        raise Wrong(" And ".join(parts))


def order(got, right):
    """Whether the right gradients have changed places, in words."""
    places = [next((name for name in NAMES if alike(got[place], right[name])), None) for place in NAMES]
    if set(places) == set(NAMES) and tuple(places) != NAMES:
        return f"it returns the gradients of {listed(places)}, in this order: W_h, b_h, W_o and b_o are asked for."


def way_forward(got, rows, divisor):
    """Which mistake on the way forward gives these gradients, where grad_loss computes z_h, h and y by itself."""
    W_h, b_h, W_o, b_o = TOY.weights.values()
    x, t = TOY.x[rows], TOY.t[rows]
    for (of_z, z_h), (of_h, hidden) in product(affine(x, W_h, b_h, ("x", "W_h", "b_h")).items(), HIDDEN.items()):
        h = hidden(z_h)
        for of_o, z_o in affine(h, W_o, b_o, ("h", "W_o", "b_o")).items():
            messages = [message for message in (of_z, of_h, of_o) if message]
            d = softmax(z_o, axis=-1) - t
            for slope in (h * (1 - h), expit(z_h) * expit(-z_h)):
                back = (d @ W_o.T) * slope
                values = {"W_h": x.T @ back, "b_h": back.sum(axis=0), "W_o": h.T @ d, "b_o": d.sum(axis=0)}
                if len(messages) == 1 and all(alike(got[name], value / divisor) for name, value in values.items()):
                    return f"its own way forward is wrong: {messages[0]} Call forward_with_hidden, which is right."


def mistakes(name, got, right, rows, divisor, found):
    """The messages for one weight: none where it is right. Of several that fit, one that was `found` before."""
    own = right[name]
    if alike(got, own):
        return []
    n = len(TOY.x[rows])
    turned = len(own.shape) == 2 and got.shape == own.shape[::-1] != own.shape
    if turned and alike(got, own.T):
        return [TURNED]
    candidates = typical(name, rows)
    for messages in sorted(candidates, key=lambda messages: len([each for each in messages if each not in found])):
        value = candidates[messages]
        if alike(got, value / divisor):
            return list(messages)
        if turned and alike(got, value.T / divisor):
            return [*messages, TURNED]
    for other, value in right.items():
        if other != name and alike(got, value):
            return [f"this is the gradient of {other}."]
    if (c := factor(got, own)) is not None and np.squeeze(got).shape == np.squeeze(own).shape:
        return [scaled(c, n)]
    if np.squeeze(got).shape == np.squeeze(own).shape and factor(got - own, TOY.weights[name]):
        return [f"a multiple of {name} is added to it (weight decay): L has no such term."]
    return [differs(got, own, "Compare it with (L(weight + 1e-5) - L(weight - 1e-5)) / 2e-5, entry by entry.")]


def scaled(c, n):
    """A gradient that is c times the right one, of n samples."""
    if n > 1 and np.isclose(c, n):
        return "it is n times too large: your nll gives the mean, so divide by n."
    if n > 1 and np.isclose(c, 1 / n):
        return "it is n times too small: L is the sum over the samples, not the mean."
    if n > 1 and np.isclose(c, 1 / n**2):
        return "it is divided by n twice."
    if c == 0:
        return "it is zero everywhere."
    return f"it is {c:.4g} times the right gradient: where does that factor come from?"


def typical(name, rows):
    """What mistakes give for a weight, from the samples in rows: arrays by messages, one mistake before two."""
    x, t, y, h, z_h = (values[rows] for values in (TOY.x, TOY.t, TOY.y, TOY.h, TOY.z_h))
    W_o, d, s = TOY.weights["W_o"], y - t, h * (1 - h)
    deltas = {
        "": d,
        "the sign is wrong: y - y_true, not y_true - y.": -d,
        "y_true is not subtracted: the derivative by z_o is y - y_true.": y,
        "y is missing: the derivative by z_o is y - y_true.": -t,
        "y_true is added: the derivative by z_o is y - y_true.": y + t,
        "this is the derivative by y. Through the softmax, by z_o, all cancels to y - y_true.": -t / y,
        "the softmax is derived twice: y - y_true is the derivative by z_o already, without a factor y (1 - y).": (
            d * y * (1 - y)
        ),
        "of the softmax's derivative only the diagonal y (1 - y) is taken; all of it, diag(y) - y y^T, gives "
        "y - y_true.": -t * (1 - y),
        "the differences are squared: the derivative by z_o is y - y_true.": d**2,
        "it takes |y - y_true|: without the absolute value.": np.abs(d),
    }
    slopes = {
        "": s,
        "dsigmoid was given h, not z_h.": expit(h) * (1 - expit(h)),
        "the factor dsigmoid(z_h) is missing.": np.ones_like(h),
        "it takes h for dsigmoid(z_h), that is h (1 - h).": h,
        "it takes z_h for dsigmoid(z_h).": z_h,
        "it takes sigmoid(h) for dsigmoid(z_h).": expit(h),
        "it takes 1 - h for dsigmoid(z_h), that is h (1 - h).": 1 - h,
        "the factor dsigmoid(z_h) is in it twice.": s * s,
        "it takes z_h (1 - z_h) for dsigmoid(z_h), that is h (1 - h).": z_h * (1 - z_h),
        "it takes h (1 + h) for dsigmoid(z_h): a sign is wrong.": h * (1 + h),
        "it takes h (h - 1) for dsigmoid(z_h), that is h (1 - h): a sign is wrong.": -s,
        "it takes ReLU's slope, 1 where z_h > 0 and 0 elsewhere: of the sigmoid it is dsigmoid(z_h).": 1.0 * (z_h > 0),
        "it takes ReLU's slope by h, which is always 1: of the sigmoid it is dsigmoid(z_h).": 1.0 * (h > 0),
        "it takes tanh's slope 1 - h^2: of the sigmoid it is h (1 - h).": 1 - h**2,
        "it takes tanh's slope, 1 - tanh(z_h)^2: of the sigmoid it is dsigmoid(z_h).": 1 - np.tanh(z_h) ** 2,
        "dsigmoid is divided by, not multiplied with.": 1 / s,
    }
    inputs = {"": x}
    backs = {
        "": lambda delta: delta @ W_o.T,
        "of the classes only the last is left: sum over all of them, += in a loop.": (
            lambda delta: delta[:, -1:] @ W_o[:, -1:].T
        ),
    }
    of_z = {
        (of_d, of_b, of_s): back(delta) * slope
        for (of_d, delta), (of_b, back), (of_s, slope) in product(deltas.items(), backs.items(), slopes.items())
    }
    if name[-1] == "o":
        inputs = {
            "": h,
            "it takes z_h for h: what W_o multiplies is h.": z_h,
            "it takes dsigmoid(z_h) for h: what W_o multiplies is h.": s,
            "it takes sigmoid(h) for h.": expit(h),
        }
        of_z = {(message,): delta for message, delta in deltas.items()}
    ends = {("",): lambda of: of.sum(axis=0)}
    if name[0] == "W":
        ends = {(message,): lambda of, values=values: values.T @ of for message, values in inputs.items()}
    elif len(x) > 1:
        ends["it has a row for each sample: sum over them, axis=0.",] = lambda of: of
        ends["it is the mean over the samples; L sums them: np.sum(..., axis=0).",] = lambda of: of.mean(axis=0)
    ends["it is summed over its units: a number for each sample, not for each unit.",] = lambda of: of.sum(axis=1)
    found = {}
    for (messages, values), (of_end, end) in product(of_z.items(), ends.items()):
        wrong = tuple(filter(None, (*messages, *of_end)))
        if 0 < len(wrong) <= 2:
            found[wrong] = end(values)
    return dict(sorted(found.items(), key=lambda item: len(item[0])))
