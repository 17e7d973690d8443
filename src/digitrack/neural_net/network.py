"""The network of questions 12 and 13, written like the mathematics; docs/neural_net.md derives it.

X -> z_h = X W_h + b_h -> h = sigmoid(z_h) -> z_o = h W_o + b_o -> y = softmax(z_o)

Samples are rows: x is (n, n_features), y_true is one-hot, (n, n_classes).
"""

from pathlib import Path

import numpy as np

from . import checks
from .fast_loop import fast_loop, samples_at_once
from .functions import cross_entropy, dsigmoid, log_softmax, sigmoid, softmax
from .initializers import kernel
from .rows import chunks, read

NAMES = ("W_h", "b_h", "W_o", "b_o")


class NeuralNet:
    """A network with one hidden layer.

    Its weights are W_h (n_features, n_hidden), b_h (n_hidden,), W_o (n_hidden, n_classes) and b_o (n_classes,).
    """

    def __init__(
        self, n_features, n_hidden, n_classes, *, initializer="uniform", stddev=None, seed=None, dtype=np.float64
    ):
        """Set b_h and b_o to 0, and draw W_h and W_o.

        With `initializer` uniform, they are uniform in Glorot's bounds, with normal, Gaussian with standard deviation
        `stddev`, with zeros, 0. `seed` is an integer or a numpy Generator; None draws different weights every time.
        `dtype` is float64 or float32.
        Raises ValueError for any other initializer or dtype, or for a normal one without `stddev`.
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
        """y, and the hidden layer before and after its sigmoid: z_h and h, (n_hidden,) or (n, n_hidden).

        Raises ValueError when x has another shape than `forward` takes, or holds NaN or infinity.
        """
        x = checks.inputs(self, x)
        z_h = x @ self.W_h + self.b_h
        h = sigmoid(z_h)
        z_o = h @ self.W_o + self.b_o
        return softmax(z_o), z_h, h

    def logits(self, x):
        """z_o, whose softmax is y; losses are computed from z_o, as a probability can round to 0."""
        h = self.forward_with_hidden(x)[2]
        return h @ self.W_o + self.b_o

    def predict(self, x):
        """The most probable class: an int for one sample, an array (n,) for several."""
        y = self.forward(x)
        return int(y.argmax()) if y.ndim == 1 else y.argmax(axis=-1)

    def grad_loss(self, x, y_true, l2=0.0):
        """Gradient of the loss, summed over a batch, with respect to each weight: a dictionary by their names.

        Takes one sample (n_features,), (n_classes,), or arrays x and y_true as `fit` does. `l2` adds l2 times the sum
        of all squared entries of W_h and W_o to the loss of each sample. Raises ValueError as `fit` does.
        """
        checks.decay(l2)
        x, y_true = np.atleast_2d(*checks.samples(self, x, y_true))
        y, z_h, h = self.forward_with_hidden(x)
        dL_dz_o = y - y_true  # (n, n_classes): softmax and cross-entropy cancel to this
        dL_dz_h = (dL_dz_o @ self.W_o.T) * dsigmoid(z_h)  # (n, n_hidden)
        gradient = {
            "W_h": x.T @ dL_dz_h,
            "b_h": dL_dz_h.sum(axis=0),  # a sum over the samples, as in the products
            "W_o": h.T @ dL_dz_o,
            "b_o": dL_dz_o.sum(axis=0),
        }
        if l2:
            for name in ("W_h", "W_o"):
                gradient[name] += 2 * len(x) * l2 * getattr(self, name)
        return gradient

    @np.errstate(over="ignore", invalid="ignore")
    def train_sample(self, x, y_true, learning_rate, l2=0.0):
        """One update of stochastic gradient descent; for a batch, by the mean gradient. `l2` is as in `grad_loss`.

        Returns the loss of each sample before the update. Raises ValueError as `fit` does.
        """
        checks.rate(learning_rate)
        x, y_true = checks.samples(self, x, y_true)
        loss = cross_entropy(y_true, log_softmax(self.logits(x)))
        gradient, n = self.grad_loss(x, y_true, l2), len(np.atleast_2d(x))
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
        """Stochastic gradient descent: `epochs` times, `train_sample` on one batch of samples after another.

        x is (n, n_features), y_true (n, n_classes), one-hot; a batch has `batch_size` samples. With `shuffle`, every
        epoch draws a new order of the samples, from `seed`; None draws different orders every time.
        x can also be an object that is not an array (has no `.ndim`), if it has `.shape`, a length, and `x[places]`,
        the rows at a slice or at an array of integers. It is read when needed, a few thousand rows at a time.
        `l2` is as in `grad_loss`, but not part of the losses that you see. After every epoch, the learning rate is
        multiplied by `rate_decay`. `fast` makes the same updates up to rounding, several times faster; without it,
        `train_sample` itself is called.
        After each epoch, `on_epoch(epoch, loss, val_loss)` is called, with the epoch's number from 0, the mean loss of
        its updates, and the mean loss on `validation`, a pair (x, y_true), or None. Training ends when it returns True.

        Returns the loss of each sample before its update, in the order of the updates: (epochs * n,), less if training
        ends early. A learning rate that is too high is not an error: these losses show it.
        Raises ValueError when shapes don't fit, there are no samples, y_true is not one-hot, x is not finite, or
        learning_rate, batch_size, l2 or rate_decay is out of range.
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
        """Mean loss of samples that have been checked."""
        logits = ((rows, self.logits(read(x, rows, self.dtype))) for rows in chunks(len(x), x.shape[1]))
        return np.concatenate([cross_entropy(y_true[rows], log_softmax(z_o)) for rows, z_o in logits]).mean()

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
        """Read a network that `save` wrote. Raises ValueError when arrays are missing, or don't fit together."""
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
    """Like `fast_loop`, but by the book: a function that calls `train_sample` on one batch after another."""

    def train(x, y_true):
        batches = [slice(start, start + batch_size) for start in range(0, len(x), batch_size)]
        return np.concatenate([net.train_sample(x[rows], y_true[rows], learning_rate, l2) for rows in batches])

    return train
