"""A network with one hidden layer, trained by stochastic gradient descent; numpy alone.

X -> z_h = X W_h + b_h -> h = sigmoid(z_h) -> z_o = h W_o + b_o -> y = softmax(z_o)
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

NAMES = ("W_h", "b_h", "W_o", "b_o")


def sigmoid(z):
    """1 / (1 + exp(-z)), written with tanh, which overflows nowhere."""
    return 0.5 * (np.tanh(0.5 * np.asarray(z)) + 1)


def dsigmoid(z):
    """sigmoid' = sigmoid (1 - sigmoid)."""
    s = sigmoid(z)
    return s * (1 - s)


def softmax(z):
    """exp(z) / sum(exp(z)) over the last axis; the maximum is taken off first, so that exp can't overflow."""
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def nll(y_true, y_pred):
    """Cross-entropy -sum(y_true log(y_pred)) of one sample (a scalar) or of each of a batch (n,)."""
    losses = -np.sum(np.atleast_2d(y_true) * np.log(np.atleast_2d(y_pred) + 1e-10), axis=-1)
    return losses if np.ndim(y_pred) > 1 else losses[0]


def one_hot(labels, n_classes):
    """Integer labels (n,) as rows of the identity (n, n_classes)."""
    return np.eye(n_classes)[labels]


class NeuralNet:
    """Weights W_h (n_features, n_hidden), b_h (n_hidden,), W_o (n_hidden, n_classes), b_o (n_classes,)."""

    def __init__(self, n_features, n_hidden, n_classes, *, initializer="uniform", stddev=None, seed=0):
        """Biases are zero; kernels are uniform in Glorot's bounds, normal with `stddev`, or zeros."""
        rng = np.random.default_rng(seed)

        def kernel(n_in, n_out):
            if initializer == "uniform":  # Glorot and Bengio 2010, equation 16
                bound = np.sqrt(6 / (n_in + n_out))
                return rng.uniform(-bound, bound, (n_in, n_out))
            if initializer == "normal":
                return rng.normal(0, stddev, (n_in, n_out))
            if initializer == "zeros":
                return np.zeros((n_in, n_out))
            raise ValueError(f"initializer must be uniform, normal or zeros, not {initializer!r}")

        self.W_h, self.b_h = kernel(n_features, n_hidden), np.zeros(n_hidden)
        self.W_o, self.b_o = kernel(n_hidden, n_classes), np.zeros(n_classes)

    def forward(self, x):
        """Class probabilities: (n_features,) -> (n_classes,), or (n, n_features) -> (n, n_classes)."""
        return self.forward_with_hidden(x)[0]

    def forward_with_hidden(self, x):
        """y, z_h and h: the probabilities, the hidden layer before and after its sigmoid."""
        z_h = x @ self.W_h + self.b_h
        h = sigmoid(z_h)
        return softmax(h @ self.W_o + self.b_o), z_h, h

    def grad_loss(self, x, y_true):
        """Gradient of the loss (summed over a batch) with respect to each weight, by its name."""
        return self._loss_and_gradient(x, y_true)[1]

    def _loss_and_gradient(self, x, y_true):
        x, y_true = np.atleast_2d(x), np.atleast_2d(y_true)
        y, _, h = self.forward_with_hidden(x)
        d_o = y - y_true  # dL/dz_o: softmax and cross-entropy cancel to this
        d_h = (d_o @ self.W_o.T) * (h * (1 - h))  # dL/dz_h
        gradient = {"W_h": x.T @ d_h, "b_h": d_h.sum(0), "W_o": h.T @ d_o, "b_o": d_o.sum(0)}
        return nll(y_true, y).sum(), gradient

    def train_sample(self, x, y_true, learning_rate):
        """One update of stochastic gradient descent. Returns the loss before it."""
        loss, gradient = self._loss_and_gradient(x, y_true)
        for name in NAMES:
            weight = getattr(self, name)
            weight -= learning_rate * gradient[name]
        return loss

    def fit(self, x, y_true, *, learning_rate, epochs, seed=0, on_epoch: Callable[[int], None] | None = None):
        """`epochs` passes over x (n, n_features), y_true (n, n_classes), in an order drawn from the seed.

        Calls `on_epoch(epoch)` after each. Returns the loss of every update, (epochs, n).
        """
        rng = np.random.default_rng(seed)
        losses = np.empty((epochs, len(x)))
        for epoch in range(epochs):
            for step, i in enumerate(rng.permutation(len(x))):
                losses[epoch, step] = self.train_sample(x[i], y_true[i], learning_rate)
            if on_epoch is not None:
                on_epoch(epoch)
        return losses

    def predict(self, x):
        """The most probable class: an int for one sample, an array (n,) for several."""
        y = self.forward(np.asarray(x))
        return int(y.argmax()) if y.ndim == 1 else y.argmax(axis=-1)

    def save(self, path):
        """Write the four arrays to an .npz file."""
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, allow_pickle=False, **{name: getattr(self, name) for name in NAMES})

    @classmethod
    def load(cls, path):
        """Read a network. Raises ValueError when the arrays don't fit together."""
        with np.load(path, allow_pickle=False) as file:
            return cls.from_arrays(*(file[name] for name in NAMES))

    @classmethod
    def from_arrays(cls, W_h, b_h, W_o, b_o):
        """A network with these weights. Raises ValueError when their shapes don't fit together."""
        if W_h.ndim != 2 or b_h.shape != W_h.shape[1:] or W_o.shape != (len(b_h), *b_o.shape) or b_o.ndim != 1:
            raise ValueError(f"shapes don't fit: W_h {W_h.shape}, b_h {b_h.shape}, W_o {W_o.shape}, b_o {b_o.shape}")
        net = cls.__new__(cls)
        net.W_h, net.b_h, net.W_o, net.b_o = W_h, b_h, W_o, b_o
        return net
