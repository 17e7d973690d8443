"""Question 13: the weights, the way forward, and predict."""

import numpy as np
from scipy.special import expit, softmax

from .students_module import named
from .tell import Wrong, alike, array, equal
from .toy_network import NAMES, WEIGHTS, Z_H, Z_O, H, X, Y, made, own


def init(module):
    net = named(module, "NeuralNet")(4, 3, 5)
    for name in NAMES:
        weight = own(net, name)
        if weight.dtype.kind != "f":
            raise Wrong(f"{name} holds {weight.dtype}: weights are floats, else updates are cut to whole numbers.")
        if not np.isfinite(weight).all():
            raise Wrong(f"{name} holds nan or infinity: np.empty leaves whatever was in memory.")
    for name in ("W_h", "W_o"):
        if np.ptp(own(net, name)) == 0:
            raise Wrong(
                f"all entries of {name} are {own(net, name).flat[0]:g}: hidden units that start alike get the "
                "same gradients and stay alike (question 8). Draw them, with np.random.uniform for one."
            )
    wide = np.abs(named(module, "NeuralNet")(64, 100, 10).W_h).mean()
    if wide > 0.4:
        return (
            f"With 64 features W_h is large, {wide:.1f} in the mean, so that sigmoids begin where they are flat: about "
            "0.1 is better. np.random.uniform takes low and high."
        )


def forward_mistakes():
    W_h, _, W_o, b_o = WEIGHTS.values()
    return {
        "this is z_o: its softmax is missing.": Z_O,
        "the last layer takes a softmax, not a sigmoid.": expit(Z_O),
        "W_o is given z_h: h = sigmoid(z_h) is missing in between.": softmax(Z_H @ W_o + b_o, axis=1),
        "b_h is not added.": softmax(expit(X @ W_h) @ W_o + b_o, axis=1),
        "b_o is not added.": softmax(H @ W_o, axis=1),
        "neither b_h nor b_o is added.": softmax(expit(X @ W_h) @ W_o, axis=1),
        "the softmax is taken twice.": softmax(Y, axis=1),
        "the sigmoid is taken twice.": softmax(expit(H) @ W_o + b_o, axis=1),
        "its columns sum to 1, not its rows.": softmax(Z_O, axis=0),
    }


def forward(module):
    net = made(module)
    got = net.forward(X.copy())
    if isinstance(got, tuple | list) and len(got) == 3:
        raise Wrong("it returns three things; y alone is wanted: forward_with_hidden returns y, z_h and h.")
    equal(got, Y, forward_mistakes())
    equal(net.forward(X[0].copy()), Y[0], otherwise="This was a single sample, of shape (n_features,).")


def forward_with_hidden(module):
    net = made(module)
    returned = net.forward_with_hidden(X.copy())
    if not isinstance(returned, tuple | list) or len(returned) != 3:
        raise Wrong("it must return three things: y, z_h and h, in this order.")
    got, right = [array(part) for part in returned], {"y": Y, "z_h": Z_H, "h": H}
    names = [next((name for name, value in right.items() if alike(part, value)), None) for part in got]
    if set(names) == set(right) and names != list(right):
        raise Wrong(f"it returns {', '.join(names)}: the order is y, z_h, h.")
    for name, part in zip(right, got, strict=True):
        of_hidden = {
            "z_h is before the sigmoid, and this is h.": H,
            "h is sigmoid(z_h), and this is z_h.": Z_H,
            "b_h is not added.": X @ WEIGHTS["W_h"],
            "this is z_o.": Z_O,
        }
        try:
            equal(part, right[name], forward_mistakes() if name == "y" else of_hidden)
        except Wrong as wrong:
            raise Wrong(f"of what it returns, {name}: {wrong}") from None


def predict(module):
    net = made(module)
    classes = Y.argmax(axis=1)
    equal(
        net.predict(X.copy()),
        classes,
        {
            "these are probabilities: argmax makes classes of them.": Y,
            "argmax went along the samples: axis=-1 is that of the classes.": Y.argmax(axis=0),
            "argmax without an axis looks at the whole batch at once: axis=-1.": Y.argmax(),
            "these are the highest probabilities: argmax, not max.": Y.max(axis=1),
            "these are one-hot vectors: wanted are the classes, 0 to 4.": np.eye(5)[classes],
            "the classes are counted from 0.": classes + 1,
            "these are the least probable classes: argmax, not argmin.": Y.argmin(axis=1),
        },
    )
    try:
        single = net.predict(X[0].copy())
    except Exception as error:
        raise Wrong(
            f"right for a batch, but a single sample, of shape (n_features,), fails: {error}. The last axis, "
            "axis=-1, is there in both."
        ) from None
    equal(single, classes[0], otherwise="This was a single sample, of shape (n_features,).")
