"""Questions 13 and 14: updates, and what comes of many of them."""

import numpy as np
from sklearn.datasets import load_digits

from .gradient import returned
from .students_module import named
from .tell import Wrong, alike, array
from .toy_network import NAMES, WEIGHTS, T, X, made

RATE = 0.3


def train_sample(module):
    net = made(module)
    gradient = returned(net.grad_loss(X[0].copy(), T[0].copy()))
    net.train_sample(X[0].copy(), T[0].copy(), RATE)
    steps = {name: array(getattr(net, name)).reshape(WEIGHTS[name].shape) - WEIGHTS[name] for name in NAMES}
    idle = [name for name in NAMES if not steps[name].any()]
    if len(idle) == len(NAMES):
        raise Wrong(
            "no weight changes: `w = w - ...` gives a new array to the name w alone. Write self.W_h -= ..., or "
            "setattr(self, name, ...)."
        )
    if idle:
        raise Wrong(f"{' and '.join(idle)} {'does' if len(idle) == 1 else 'do'} not change.")
    for name in NAMES:
        right = -RATE * gradient[name].reshape(WEIGHTS[name].shape)
        for message, wrong in {
            "the loss grows: weight - learning_rate * gradient, not +.": -right,
            "learning_rate has no effect.": right / RATE,
            "it takes two steps instead of one.": 2 * right,
            "it divides by the learning rate.": right / RATE**2,
        }.items():
            if alike(steps[name], wrong):
                raise Wrong(message)
        if not alike(steps[name], right):
            raise Wrong(
                f"{name} does not change by -learning_rate * gradient. All four gradients are those of the weights "
                "before the update: call grad_loss once, first."
            )


def fit(module):
    epochs, n = 3, len(X)
    net, pairs = made(module), []
    update = net.train_sample

    def noted(x, y_true, *rest, **named_rest):
        pairs.append((np.atleast_2d(x).copy(), np.atleast_2d(y_true).copy()))
        return update(x, y_true, *rest, **named_rest)

    net.train_sample = noted
    losses = net.fit(X.copy(), T.copy(), 0.1, epochs)
    if not pairs:
        raise Wrong("it never calls self.train_sample, which makes the updates.")
    if not all(belong(*pair) for pair in pairs):
        raise Wrong(
            "x and y_true were shuffled apart: samples are trained with labels of others. Draw one order, "
            "order = np.random.permutation(len(x)), and take x[i] and y_true[i] for i in order."
        )
    updates = len(pairs)
    if updates == n:
        raise Wrong(f"it goes through the samples once: {epochs} epochs are {epochs} times. Does it return too early?")
    if updates == epochs and len(pairs[0][0]) == n:
        raise Wrong("it makes one update an epoch, with all samples: stochastic means an update for each sample.")
    if updates == 1:
        raise Wrong(f"it makes a single update, not {epochs * n}. Does it return too early?")
    if updates != epochs * n:
        raise Wrong(f"it makes {updates} updates: {epochs} epochs of {n} samples are {epochs * n}.")
    distinct = {tuple(x.ravel()) for x, _ in pairs}
    if len(distinct) < n / 2:
        raise Wrong(f"it trains with {len(distinct)} of {n} samples only.")
    if losses is None:
        raise Wrong("it returns None: return the losses, one for each update.")
    losses = array(losses)
    if losses.size == epochs:
        raise Wrong(f"it returns a loss for each epoch: note one for each update, {updates} here.")
    if losses.size != updates:
        raise Wrong(f"it returns {losses.size} losses for {updates} updates: one for each.")
    if not np.isfinite(losses).all():
        raise Wrong("it returns losses that are nan or infinite.")
    if (losses < -1e-6).any():
        raise Wrong("it returns negative losses: is the sign there?")
    losses = losses.reshape(epochs, n).mean(axis=1)
    if losses[-1] >= losses[0]:
        raise Wrong(f"the mean loss goes from {losses[0]:.3f} to {losses[-1]:.3f} in {epochs} epochs: to fall.")
    rounds = [[tuple(x.ravel()) for x, _ in pairs[start : start + n]] for start in range(0, updates, n)]
    if rounds[0] == rounds[1] == rounds[2]:  # of 720 orders of six samples: once in 500,000 by chance
        return "It takes the samples in the same order in every epoch: a new one each time is what `stochastic` means."
    return None


def belong(x, y_true):
    """Whether these samples have these labels in the toy data."""
    if x.shape[1:] != X.shape[1:] or y_true.shape[1:] != T.shape[1:] or len(x) != len(y_true):
        return False
    rows = [np.flatnonzero((row == X).all(axis=1)) for row in x]
    return all(len(row) == 1 and (T[row[0]] == t).all() for row, t in zip(rows, y_true, strict=True))


def learns(module):
    pixels, labels = load_digits(return_X_y=True)
    x, y_true = (pixels - pixels.mean(axis=0)) / (pixels.std(axis=0) + 1e-3), np.eye(10)[labels]
    net = named(module, "NeuralNet")(64, 30, 10)
    losses = array(net.fit(x[:600], y_true[:600], 0.1, 5)).reshape(-1)
    accuracy = np.mean(array(net.predict(x[600:900])).reshape(-1) == labels[600:900])
    if accuracy < 0.75:
        raise Wrong(
            f"after 5 epochs with 600 digits, 30 units and the rate 0.1 it knows {accuracy:.2f} of new digits, to be "
            f"over 0.75; the loss went from {losses[:600].mean():.2f} to {losses[-600:].mean():.2f}. All parts are "
            "right: do the weights start too large?"
        )
    return f"It knows {accuracy:.2f} of new digits after 5 epochs with 600."
