"""Question 13: the weights, the way forward, and predict."""

from itertools import product

import numpy as np
from scipy.special import expit, log_softmax, softmax

from .students_module import named
from .tell import Wrong, alike, array, differs, equal
from .toy_network import NAMES, TOY

HIDDEN = {  # h of z_h, and what mistakes make of it
    "": expit,
    "W_o is given z_h: h = sigmoid(z_h) is missing in between.": lambda z: z,
    "the hidden layer takes tanh, not a sigmoid.": np.tanh,
    "the hidden layer takes ReLU, not a sigmoid.": lambda z: np.maximum(z, 0),
    "the hidden layer takes a softmax, not a sigmoid.": lambda z: softmax(z, axis=-1),
    "the hidden layer takes sigmoid(-z_h): the sign of z_h is wrong.": lambda z: expit(-z),
    "the hidden layer takes dsigmoid, not the sigmoid.": lambda z: expit(z) * expit(-z),
    "the sigmoid is taken twice.": lambda z: expit(expit(z)),
}
OUT = {  # y of z_o
    "": lambda z: softmax(z, axis=-1),
    "this is z_o: its softmax is missing.": lambda z: z,
    "the last layer takes a softmax, not a sigmoid.": expit,
    "the last layer takes a softmax, not tanh.": np.tanh,
    "the last layer takes a softmax, not ReLU.": lambda z: np.maximum(z, 0),
    "the softmax is taken twice.": lambda z: softmax(softmax(z, axis=-1), axis=-1),
    "a sigmoid is taken before the softmax: z_o goes into the softmax as it is.": lambda z: softmax(expit(z), axis=-1),
    "a sigmoid is taken after the softmax.": lambda z: expit(softmax(z, axis=-1)),
    "its columns sum to 1, not its rows.": lambda z: softmax(z, axis=0),
    "these are the logarithms of the probabilities: take the softmax itself.": lambda z: log_softmax(z, axis=-1),
    "the softmax is given -z_o: the sign is wrong.": lambda z: softmax(-z, axis=-1),
}


def init(module):
    net = named(module, "NeuralNet")(*TOY.sizes)
    for name in NAMES:
        weight = TOY.own(net, name)
        if weight.dtype.kind != "f":
            raise Wrong(f"{name} holds {weight.dtype}: weights are floats, else updates are cut to whole numbers.")
        if not np.isfinite(weight).all():
            raise Wrong(f"{name} holds nan or infinity: np.empty leaves whatever was in memory.")
    for name in ("W_h", "W_o"):
        weight = TOY.own(net, name)
        if np.ptp(weight) == 0:
            raise Wrong(
                f"all entries of {name} are {weight.flat[0]:g}: hidden units that start alike get the "
                "same gradients and stay alike (question 8). Draw them, with np.random.uniform for one."
            )
        units = weight if name == "W_o" else weight.T
        if all(alike(unit, units[0]) for unit in units):
            raise Wrong(
                f"in {name} all hidden units have the same weights: they stay alike (question 8). Draw each entry, "
                f"with the whole shape {weight.shape} as size."
            )
    wide = np.abs(np.asarray(named(module, "NeuralNet")(64, 100, 10).W_h, float)).mean()
    if wide > 0.4:
        return (
            f"With 64 features W_h is large, {wide:.1f} in the mean, so that sigmoids begin where they are flat: about "
            "0.1 is better. np.random.uniform takes low and high."
        )


def affine(x, W, b, names):
    """x W + b, and what mistakes make of it, by message."""
    of_x, weight, bias = names
    return {
        "": x @ W + b,
        f"{bias} is not added.": x @ W,
        f"{bias} is added to {weight} before the product, as in {of_x} @ ({weight} + {bias}): it is added to "
        f"{of_x} @ {weight}.": x @ (W + b),
        f"{bias} is subtracted, not added.": x @ W - b,
        f"{bias} is multiplied, not added.": x @ W * b,
        f"{bias} is added twice.": x @ W + 2 * b,
    }


def z_mistakes():
    return affine(TOY.x, TOY.weights["W_h"], TOY.weights["b_h"], ("x", "W_h", "b_h"))


def y_mistakes():
    """What up to two mistakes on the way make of y: messages, and the value."""
    found = {}
    for (of_z, z), (of_h, function) in product(z_mistakes().items(), HIDDEN.items()):
        h = function(z)
        layer = affine(h, TOY.weights["W_o"], TOY.weights["b_o"], ("h", "W_o", "b_o"))
        for (of_o, z_o), (of_y, out) in product(layer.items(), OUT.items()):
            messages = tuple(filter(None, (of_z, of_h, of_o, of_y)))
            if 0 < len(messages) <= 2:
                found[messages] = out(z_o)
    return dict(sorted(found.items(), key=lambda item: len(item[0])))


def known_mistakes(got):
    """What y is wrong by, where mistakes are known that give it; else None."""
    found = (messages for messages, wrong in y_mistakes().items() if alike(got, wrong))
    return next(map(" And: ".join, found), None)


def forward(module):
    net = TOY.made(module)
    got = net.forward(TOY.x.copy())
    if isinstance(got, tuple | list) and len(got) == 3:
        raise Wrong("it returns three things; y alone is wanted: forward_with_hidden returns y, z_h and h.")
    if not alike(array(got), array(net.forward(TOY.x.copy()))):
        raise Wrong("it gives something else each time: is anything drawn at random in it, or changed by it?")
    if not alike(array(got), TOY.y):
        raise Wrong(known_mistakes(array(got)) or hidden_mistake(net) or differs(array(got), TOY.y))
    equal(net.forward(TOY.x[0].copy()), TOY.y[0], otherwise="This was a single sample, of shape (n_features,).")


def hidden_mistake(net):
    """What is wrong with z_h or h on the way to y, by forward_with_hidden, where that is written; else None."""
    try:
        _, z_h, h = map(array, net.forward_with_hidden(TOY.x.copy()))
    except Exception:
        return None
    if z_h.shape != TOY.z_h.shape or alike(z_h, TOY.h) or alike(h, TOY.z_h):
        return None  # of another order: forward_with_hidden's own check says so
    try:
        hidden_equal(z_h, h)
    except Wrong as wrong:
        return str(wrong)


def hidden_equal(z_h, h):
    """Raises Wrong unless they are z_h and h: first what comes first."""
    z_typical = {"z_h is before the sigmoid, and this is h.": TOY.h, "this is z_o.": TOY.z_o}
    try:
        equal(z_h, TOY.z_h, z_mistakes() | z_typical, "It is x @ W_h + b_h.")
    except Wrong as wrong:
        raise Wrong(f"z_h is wrong: {wrong}") from None
    typical = {message: function(TOY.z_h) for message, function in HIDDEN.items()}
    try:
        equal(h, TOY.h, {"h is sigmoid(z_h), and this is z_h.": TOY.z_h} | typical, "It is sigmoid(z_h).")
    except Wrong as wrong:
        raise Wrong(f"h is wrong, z_h is right: {wrong}") from None


def forward_with_hidden(module):
    net = TOY.made(module)
    returned = net.forward_with_hidden(TOY.x.copy())
    if not isinstance(returned, tuple | list) or len(returned) != 3:
        raise Wrong("it must return three things: y, z_h and h, in this order.")
    got, right = [array(part) for part in returned], {"y": TOY.y, "z_h": TOY.z_h, "h": TOY.h}
    names = [next((name for name, value in right.items() if alike(part, value)), None) for part in got]
    if set(names) == set(right) and names != list(right):
        raise Wrong(f"it returns {', '.join(names)}: the order is y, z_h, h.")
    hidden_equal(*got[1:])
    if not alike(got[0], TOY.y):
        raise Wrong(f"y is wrong, z_h and h are right: {known_mistakes(got[0]) or differs(got[0], TOY.y)}")
    for name, part in zip(right, net.forward_with_hidden(TOY.x[0].copy()), strict=True):
        equal(part, right[name][0], otherwise=f"This was {name} of a single sample, of shape (n_features,).")


def predict(module):
    net = TOY.made(module)
    classes = TOY.y.argmax(axis=1)
    equal(
        net.predict(TOY.x.copy()),
        classes,
        {
            "these are probabilities: argmax makes classes of them.": TOY.y,
            "argmax went along the samples: axis=-1 is that of the classes.": TOY.y.argmax(axis=0),
            "argmax without an axis looks at the whole batch at once: axis=-1.": TOY.y.argmax(),
            "these are the highest probabilities: argmax, not max.": TOY.y.max(axis=1),
            "these are one-hot vectors: wanted are the classes, 0 to 4.": np.eye(5)[classes],
            "the classes are counted from 0.": classes + 1,
            "these are the least probable classes: argmax, not argmin.": TOY.y.argmin(axis=1),
            "these are probabilities, rounded: argmax makes classes of them.": TOY.y.round(),
            "it finds the most active hidden unit: argmax of y, not of h.": TOY.h.argmax(axis=1),
            "these are the classes in order of their probability: argmax, not argsort.": TOY.y.argsort(axis=1),
        },
    )
    try:
        single = net.predict(TOY.x[0].copy())
    except Exception as error:
        raise Wrong(
            f"right for a batch, but a single sample, of shape (n_features,), fails: {error}. The last axis, "
            "axis=-1, is there in both."
        ) from None
    equal(single, classes[0], otherwise="This was a single sample, of shape (n_features,).")
