"""The network of questions 12 and 13, written as the mathematics is; docs/neural_net.md derives it.

X -> z_h = X W_h + b_h -> h = sigmoid(z_h) -> z_o = h W_o + b_o -> y = softmax(z_o)

Samples are rows: x is (n, n_features), y_true is one-hot, (n, n_classes).
"""

from pathlib import Path

import numpy as np

from . import checks
from .fast_loop import fast_loop, samples_at_once
from .functions import dsigmoid, nll, sigmoid, softmax
from .initializers import kernel
from .rows import chunks, read

NAMES = ("W_h", "b_h", "W_o", "b_o")


class NeuralNet:
    """Weights W_h (n_features, n_hidden), b_h (n_hidden,), W_o (n_hidden, n_classes), b_o (n_classes,)."""

    def __init__(
        self, n_features, n_hidden, n_classes, *, initializer="uniform", stddev=None, seed=None, dtype=np.float64
    ):
        """Biases are zero; kernels are uniform in Glorot's bounds, normal with `stddev`, or zeros.

        `seed` is an integer or a numpy Generator, None draws other weights every time; `dtype` is float64 or float32.
        Raises ValueError for another dtype or initializer, or a normal one without `stddev`.
        """
        rng = np.random.default_rng(seed)
        self.W_h = kernel(rng, (n_features, n_hidden), initializer, stddev, dtype)
        self.b_h = np.zeros(n_hidden, dtype)
        self.W_o = kernel(rng, (n_hidden, n_classes), initializer, stddev, dtype)
        self.b_o = np.zeros(n_classes, dtype)

    def forward(self, x):
        """Class probabilities y: (n_features,) -> (n_classes,), or (n, n_features) -> (n, n_classes)."""
        return self.forward_with_hidden(x)[0]

    def forward_with_hidden(self, x):
        """y, and the hidden layer without and with its sigmoid: z_h and h, (n_hidden,) or (n, n_hidden).

        Raises ValueError when x has another shape than `forward` takes, or holds NaN or infinity.
        """
        x = checks.inputs(self, x)
        z_h = x @ self.W_h + self.b_h
        h = sigmoid(z_h)
        z_o = h @ self.W_o + self.b_o
        return softmax(z_o), z_h, h

    def predict(self, x):
        """The most probable class: an int for one sample, an array (n,) for several."""
        y = self.forward(x)
        return int(y.argmax()) if y.ndim == 1 else y.argmax(axis=-1)

    def grad_loss(self, x, y_true, l2=0.0):
        """Gradient of the loss with respect to each weight, a dictionary by their names; summed over a batch.

        Takes one sample (n_features,), (n_classes,), or arrays x and y_true as `fit` does. With `l2`, the loss of a
        sample has l2 times the sum of all squared entries of W_h and W_o added. Raises ValueError as `fit` does.
        """
        checks.decay(l2)
        x, y_true = np.atleast_2d(*checks.samples(self, x, y_true))
        y, z_h, h = self.forward_with_hidden(x)
        dL_dz_o = y - y_true  # (n, n_classes): softmax and cross-entropy cancel to this
        dL_dz_h = (dL_dz_o @ self.W_o.T) * dsigmoid(z_h)  # (n, n_hidden)
        gradient = {
            "W_h": x.T @ dL_dz_h,
            "b_h": dL_dz_h.sum(axis=0),  # a sum over the samples, as the products are
            "W_o": h.T @ dL_dz_o,
            "b_o": dL_dz_o.sum(axis=0),
        }
        if l2:
            for name in ("W_h", "W_o"):
                gradient[name] += 2 * len(x) * l2 * getattr(self, name)
        return gradient

    @np.errstate(over="ignore", invalid="ignore")
    def train_sample(self, x, y_true, learning_rate, l2=0.0):
        """One update of stochastic gradient descent, by the mean gradient if given a batch; `l2` as in `grad_loss`.

        Returns the loss that the weights had so far, as `nll` does. Raises ValueError as `fit` does.
        """
        checks.rate(learning_rate)
        x, y_true = checks.samples(self, x, y_true)
        loss, gradient, n = nll(y_true, self.forward(x)), self.grad_loss(x, y_true, l2), len(np.atleast_2d(x))
        for name in NAMES:
            weight = getattr(self, name)
            weight -= learning_rate * gradient[name] / n  # in place: the network's own array
        return loss

    @np.errstate(over="ignore", invalid="ignore")
    def fit(
        self,
        x,
        y_true,
        learning_rate=0.1,
        epochs=20,
        *,
        batch_size=1,
        shuffle=True,
        seed=None,
        l2=0.0,
        rate_decay=1.0,
        validation=None,
        on_epoch=None,
        fast=True,
    ):
        """Stochastic gradient descent: `train_sample` on one batch after the other, through all samples `epochs` times.

        x is (n, n_features), y_true (n, n_classes), one-hot; a batch is `batch_size` samples, by default one. Their
        order is drawn anew for every epoch, from the seed (None: another one every time), or kept without `shuffle`.
        x can also be an object that is no array (has no `.ndim`), but `.shape`, a length, and `x[places]`, rows at a
        slice or at an array of integers: it is read a few thousand rows at a time, as they are needed.
        `l2` is as in `grad_loss`, and no part of the losses that are told; every epoch has `rate_decay` times the rate
        of the one before.
        `fast` makes the same updates to rounding, several times faster; without it, `train_sample` itself is called.
        After each epoch, calls `on_epoch(epoch, loss, val_loss)`: its number from 0, the mean loss of its updates, and
        that of `validation`, a pair (x, y_true), or None. Training ends when it returns True.
        Returns a loss for each sample, that of the weights which its update found, in the order of the updates:
        (epochs * n,). Raises ValueError when shapes don't fit, there are no samples, y_true is not one-hot, x is not
        finite, or learning_rate, batch_size, l2 or rate_decay is out of range.
        A learning rate that is too high is not an error: the losses show it.
        """
        checks.training(learning_rate, batch_size, l2, rate_decay)
        checks.batch(x)
        x, y_true = checks.samples(self, x, y_true)
        if validation is not None:
            checks.batch(validation[0])
            validation = checks.samples(self, *validation)
        n, batch_size = len(x), min(batch_size, len(x))

        updates, train = fast_loop if fast else plain_loop, None
        parts = chunks(n, x.shape[1], samples_at_once(self, batch_size))
        rng, losses = np.random.default_rng(seed), [np.empty(0, self.dtype)]
        for epoch in range(epochs):
            if train is None or rate_decay != 1:
                train = updates(self, learning_rate * rate_decay**epoch, batch_size, l2)
            order = rng.permutation(n) if shuffle else np.arange(n)
            places = [order[part] for part in parts]
            losses.append(np.concatenate([train(read(x, rows, self.dtype), y_true[rows]) for rows in places]))
            if on_epoch is not None:
                val_loss = None if validation is None else self._mean_loss(*validation)
                if on_epoch(epoch, losses[-1].mean(), val_loss):
                    break
        return np.concatenate(losses)

    def _mean_loss(self, x, y_true):
        """Of samples that have been checked."""
        parts = chunks(len(x), x.shape[1])
        return np.concatenate([nll(y_true[rows], self.forward(read(x, rows, self.dtype))) for rows in parts]).mean()

    @property
    def dtype(self):
        """The precision of the weights."""
        return self.W_h.dtype

    def save(self, path):
        """Write the four arrays to an .npz file."""
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        with open(path, "wb") as file:  # np.savez would add .npz to a name without it
            np.savez(file, allow_pickle=False, **{name: getattr(self, name) for name in NAMES})

    @classmethod
    def load(cls, path):
        """Read a network. Raises ValueError when the four arrays are not there, or don't fit together."""
        with np.load(path, allow_pickle=False) as file:
            if missing := set(NAMES).difference(file.files):
                raise ValueError(f"{path} has no {', '.join(sorted(missing))}")
            return cls.from_arrays(*(file[name] for name in NAMES))

    @classmethod
    def from_arrays(cls, W_h, b_h, W_o, b_o):
        """A network with a copy of these weights. Raises ValueError when their shapes don't fit together."""
        checks.weights(W_h, b_h, W_o, b_o)
        net = cls(len(W_h), len(b_h), len(b_o), initializer="zeros", dtype=W_h.dtype)
        for name, array in zip(NAMES, (W_h, b_h, W_o, b_o), strict=True):
            getattr(net, name)[:] = array
        return net


def plain_loop(net, learning_rate, batch_size, l2):
    """What `fast_loop` makes, by the book: a function that trains on one batch after the other."""

    def train(x, y_true):
        batches = [slice(start, start + batch_size) for start in range(0, len(x), batch_size)]
        return np.concatenate([net.train_sample(x[rows], y_true[rows], learning_rate, l2) for rows in batches])

    return train
