"""Questions 13 and 14: updates, and what comes of many of them."""

from functools import partial
from itertools import permutations

import numpy as np
from sklearn.datasets import load_digits

from .gradient import returned
from .students_module import named
from .tell import Wrong, alike, array, differs, factor, listed
from .toy_network import NAMES, SQUARE, TOY, loss, put

RATE, ANOTHER = 0.3, 0.17
DECAYS = "the learning rate changes from update to update"


def train_sample(module):
    try:
        net = update(module, TOY)
    except (NotImplementedError, Wrong):
        raise
    except Exception:
        update(module, SQUARE)  # says whose gradient was taken, where that is why the shapes do not fit
        raise
    second(net)


def update(module, toy):
    """One update of the toy network; returns it. Raises Wrong."""
    net = toy.made(module)
    gradient = gradient_at(net, toy, 0)
    before, y = toy.values(net), array(net.forward(toy.x.copy()))
    net.train_sample(toy.x[0].copy(), toy.t[0].copy(), RATE)
    steps = {name: value - before[name] for name, value in toy.values(net).items()}
    idle = [name for name in NAMES if not steps[name].any()]
    if len(idle) == len(NAMES):
        if not alike(array(net.forward(toy.x.copy())), y):
            raise Wrong(
                "the network changes, but self.W_h, self.b_h, self.W_o and self.b_o do not: it updates arrays of other "
                "names. Update these four, or make both names one array and change that in place, with -=."
            )
        raise Wrong(
            "no weight changes: `w = w - ...` gives a new array to the name w alone. Write self.W_h -= ..., or "
            "setattr(self, name, ...)."
        )
    if idle:
        raise Wrong(f"{listed(idle)} {'does' if len(idle) == 1 else 'do'} not change.")
    for name in NAMES:
        if not alike(steps[name], -RATE * gradient[name]):
            raise Wrong(wrong_step(module, toy, name, steps, gradient))
    return net


def gradient_at(net, toy, i):
    gradient = returned(net.grad_loss(toy.x[i].copy(), toy.t[i].copy()))
    return {name: gradient[name].reshape(shape) for name, shape in toy.shapes.items()}


def wrong_step(module, toy, name, steps, gradient):
    """What is wrong with a step of a weight."""
    c = factor(steps[name], -gradient[name])
    if c is None:
        for other in NAMES:
            takes = factor(steps[name], -gradient[other]) if toy.shapes[other] == toy.shapes[name] else None
            if other != name and takes is not None:
                return f"{name} is updated with the gradient of {other}."
        if any(alike(steps[name], step[name]) for step in one_after_another(module, toy)):
            return (
                f"{name} is updated with a gradient of weights that have been updated already: all four are those of "
                "the weights before the update: call grad_loss once, first."
            )
        return f"{name} does not change by -learning_rate * gradient: {differs(steps[name], -RATE * gradient[name])}"
    net = toy.made(module)
    before = toy.values(net)
    net.train_sample(toy.x[0].copy(), toy.t[0].copy(), RATE / 4)
    slower = factor(toy.values(net)[name] - before[name], -gradient[name])
    if slower is not None and np.isclose(slower, c):
        return has_no_effect(name, c)
    if np.isclose(c, -RATE):
        return "the loss grows: weight - learning_rate * gradient, not +."
    if np.isclose(c, 2 * RATE):
        return "it takes two steps instead of one."
    if np.isclose(c, 1 / RATE):
        return "it divides by the learning rate."
    if np.isclose(c, RATE**2):
        return "it multiplies by the learning rate twice."
    return f"{name} changes by {-c / RATE:.3g} times learning_rate * gradient, to be -1 times."


def one_after_another(module, toy):
    """The steps when the gradient is computed anew for each weight, or for one of them, in all orders."""
    for order in permutations(NAMES):
        for anew in (NAMES, *NAMES):
            net = toy.made(module)
            before, gradient = toy.values(net), gradient_at(net, toy, 0)
            for name in order:
                step = (gradient_at(net, toy, 0) if anew in (NAMES, name) else gradient)[name]
                put(net, name, (before[name] - RATE * step).reshape(np.shape(getattr(net, name))))
            yield {name: value - before[name] for name, value in toy.values(net).items()}


def second(net):
    """Another update with another rate, which is to be as right as the first."""
    gradient, before = gradient_at(net, TOY, 1), TOY.values(net)
    net.train_sample(TOY.x[1].copy(), TOY.t[1].copy(), ANOTHER)
    for name, value in TOY.values(net).items():
        c = factor(value - before[name], -gradient[name])
        if c is None:
            raise Wrong(
                "the first update is right; the second is not -learning_rate * gradient, so that something of the "
                "first is left in it (momentum?): the text asks for plain gradient descent."
            )
        if np.isclose(c, RATE, rtol=1e-3):
            raise Wrong(has_no_effect(name, c))
        if not np.isclose(c, ANOTHER, rtol=1e-3):
            raise Wrong(
                f"{DECAYS}: of a rate of {ANOTHER} the second update takes {c:.3g}. Take learning_rate as it is given."
            )


def has_no_effect(name, c):
    return f"learning_rate has no effect on {name}: it takes {abs(c):.3g} times the gradient, whatever the rate is."


def fit(module):
    epochs, n, rate = 3, len(TOY.x), 0.11
    net = TOY.made(module)
    pairs, rates, losses = watched(type(net), partial(net.fit, TOY.x.copy(), TOY.t.copy(), rate, epochs))
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
    if updates == epochs:
        raise Wrong(f"it makes one update an epoch: an epoch goes through all {n} samples. Is the inner loop there?")
    if updates == 1:
        raise Wrong(f"it makes a single update, not {epochs * n}. Does it return too early?")
    if updates != epochs * n:
        raise Wrong(f"it makes {updates} updates: {epochs} epochs of {n} samples are {epochs * n}.")
    distinct = {tuple(x.ravel()) for x, _ in pairs}
    if len(distinct) < n / 2:
        raise Wrong(f"it trains with {len(distinct)} of {n} samples only.")
    check_rates(rates, rate)
    check_losses(losses, epochs, updates)
    before, after = (loss(weights, TOY.x, TOY.t) / n for weights in (TOY.weights, TOY.values(net)))
    if after >= before:
        raise Wrong(f"the mean loss of the samples goes from {before:.3f} to {after:.3f} in {epochs} epochs: to fall.")
    rounds = [[tuple(x.ravel()) for x, _ in pairs[start : start + n]] for start in range(0, updates, n)]
    if rounds[0] == rounds[1] == rounds[2]:  # of 720 orders of six samples: once in 500,000 by chance
        return "It takes the samples in the same order in every epoch: a new one each time is what `stochastic` means."
    return None


def watched(kind, train):
    """The samples and rates with which a class's train_sample is called while something trains, and what that returns.

    It is watched in the class, as a student may call NeuralNet.train_sample(self, ...).
    """
    own, pairs, rates = kind.train_sample, [], []

    def noted(self, x, y_true, *rest, **named_rest):
        pairs.append((np.atleast_2d(x).copy(), np.atleast_2d(y_true).copy()))
        rates.append(next(iter((*rest, *named_rest.values())), None))
        return own(self, x, y_true, *rest, **named_rest)

    kind.train_sample = noted
    try:
        return pairs, rates, train()
    finally:
        kind.train_sample = own


def check_rates(rates, right):
    """Raises Wrong unless every update was given fit's own learning rate."""
    if None in rates:
        raise Wrong("it does not hand its learning_rate on: self.train_sample(x[i], y_true[i], learning_rate).")
    first, last = float(array(rates[0]).ravel()[0]), float(array(rates[-1]).ravel()[0])
    if not np.allclose(array(rates), first, rtol=1e-6):
        raise Wrong(
            f"{DECAYS}, from {first:.3g} to {last:.3g}: the text asks for the rate that fit is given. Where is "
            "learning_rate assigned?"
        )
    if not np.isclose(first, right):
        raise Wrong(f"fit was given the learning rate {right}, but hands on {first:.3g}: hand on learning_rate itself.")


def check_losses(losses, epochs, updates):
    """Raises Wrong unless it is a loss for each update."""
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


def belong(x, y_true):
    """Whether these samples have these labels in the toy data."""
    if x.shape[1:] != TOY.x.shape[1:] or y_true.shape[1:] != TOY.t.shape[1:] or len(x) != len(y_true):
        return False
    rows = [np.flatnonzero(np.isclose(row, TOY.x, atol=1e-6).all(axis=1)) for row in x]  # may have become 32-bit
    return all(len(row) == 1 and np.allclose(TOY.t[row[0]], t) for row, t in zip(rows, y_true, strict=True))


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
