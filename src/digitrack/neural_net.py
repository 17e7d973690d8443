"""A network with one hidden layer, trained by stochastic gradient descent; numpy alone.

X -> z_h = X W_h + b_h -> h = sigmoid(z_h) -> z_o = h W_o + b_o -> y = softmax(z_o)

docs/neural_net.md derives the gradient. Samples are rows: x is (n, n_features), y_true is one-hot, (n, n_classes).
"""

from itertools import chain
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
    return -np.vecdot(y_true, np.log(np.add(y_pred, 1e-10)))


def one_hot(labels, n_classes):
    """Integer labels (n,) as rows of the identity (n, n_classes). Raises ValueError for any other label."""
    labels = np.asarray(labels)
    if labels.dtype.kind not in "iu" or ((labels < 0) | (labels >= n_classes)).any():
        raise ValueError(f"labels must be integers from 0 to {n_classes - 1}")
    return np.eye(n_classes)[labels]


class NeuralNet:
    """Weights W_h (n_features, n_hidden), b_h (n_hidden,), W_o (n_hidden, n_classes), b_o (n_classes,).

    The four are views of one array, so that a single subtraction updates them all: change them in place,
    `net.W_h[:] = ...`. Each bias lies as a row under its kernel, for x W + b = [x 1] [W; b]. The hidden layer makes
    its own 1 for that: a last unit whose kernel is zero and whose bias is infinite, sigmoid(inf) = 1.
    """

    def __init__(
        self, n_features, n_hidden, n_classes, *, initializer="uniform", stddev=None, seed=0, dtype=np.float64
    ):
        """Biases are zero; kernels are uniform in Glorot's bounds, normal with `stddev`, or zeros.

        `seed` is an integer or a numpy Generator, `dtype` float64 or float32. Raises ValueError for another
        dtype or initializer.
        """
        self.dtype = np.dtype(dtype)
        if self.dtype not in (np.float64, np.float32):
            raise ValueError(f"dtype must be float64 or float32, not {self.dtype}")
        self.n_features, self.n_hidden, self.n_classes = n_features, n_hidden, n_classes
        self._weights = np.zeros((n_features + 1 + n_classes) * (n_hidden + 1), self.dtype)
        self._layers(self._weights)[0][-1, -1] = np.inf
        rng = np.random.default_rng(seed)
        for kernel in (self.W_h, self.W_o):
            if initializer == "uniform":  # Glorot and Bengio 2010, equation 16
                bound = np.sqrt(6 / sum(kernel.shape))
                kernel[:] = rng.uniform(-bound, bound, kernel.shape)
            elif initializer == "normal":
                kernel[:] = rng.normal(0, stddev, kernel.shape)
            elif initializer != "zeros":
                raise ValueError(f"initializer must be uniform, normal or zeros, not {initializer!r}")

    def _layers(self, flat):
        """A flat array as [W_h 0; b_h inf] (n_features + 1, n_hidden + 1) and [W_o; b_o] (n_hidden + 1, n_classes)."""
        hidden, output = np.split(flat, [(self.n_features + 1) * (self.n_hidden + 1)])
        return hidden.reshape(-1, self.n_hidden + 1), output.reshape(-1, self.n_classes)

    W_h = property(lambda self: self._layers(self._weights)[0][:-1, :-1])
    b_h = property(lambda self: self._layers(self._weights)[0][-1, :-1])
    W_o = property(lambda self: self._layers(self._weights)[1][:-1])
    b_o = property(lambda self: self._layers(self._weights)[1][-1])

    def forward(self, x):
        """Class probabilities: (n_features,) -> (n_classes,), or (n, n_features) -> (n, n_classes)."""
        return self.forward_with_hidden(x)[0]

    def forward_with_hidden(self, x):
        """y, z_h and h: the probabilities, the hidden layer before and after its sigmoid.

        Raises ValueError when x has another shape than `forward` takes, or holds NaN or infinity.
        """
        x = self._inputs(x)
        z_h = x @ self.W_h + self.b_h
        h = sigmoid(z_h)
        return softmax(h @ self.W_o + self.b_o), z_h, h

    def predict(self, x):
        """The most probable class: an int for one sample, an array (n,) for several."""
        y = self.forward(x)
        return int(y.argmax()) if y.ndim == 1 else y.argmax(axis=-1)

    def _backpropagation(self, n):
        """A function that computes the gradient for n samples, in arrays made here once: a call allocates little."""
        flat, one = np.empty_like(self._weights), np.ones((), self.dtype)
        (W_h, W_o), (G_h, G_o) = self._layers(self._weights), self._layers(flat)  # with the biases, and gradients
        z_h, h, d_h = (np.empty((n, self.n_hidden + 1), self.dtype) for _ in range(3))
        z_o, d_o = (np.empty((n, self.n_classes), self.dtype) for _ in range(2))
        not_h, W_oT, hT = z_h, W_o.T, h.T  # not_h takes the place of z_h
        softmax = self._softmax(n)

        def gradient(x1, y_true, scale, y):
            """The flat gradient of scale * loss at [x 1], y_true. Writes the probabilities into y."""
            np.dot(x1, W_h, out=z_h)
            np.exp(z_h, out=not_h)
            np.add(not_h, one, out=not_h)
            np.divide(one, not_h, out=not_h)  # 1 - h = 1 / (1 + exp(z_h)): both factors of sigmoid' for one exp
            np.subtract(one, not_h, out=h)
            np.dot(h, W_o, out=z_o)
            softmax(z_o, y)

            np.subtract(y, y_true, out=d_o)  # dL/dz_o: softmax and cross-entropy cancel to this
            np.multiply(d_o, scale, out=d_o)  # all that follows is linear in d_o, which is the smallest array
            np.dot(d_o, W_oT, out=d_h)  # dL/dh
            np.multiply(d_h, h, out=d_h)
            np.multiply(d_h, not_h, out=d_h)  # dL/dz_h = dL/dh * h (1 - h)
            np.dot(x1.T, d_h, out=G_h)
            np.dot(hT, d_o, out=G_o)
            return flat

        return gradient

    def _softmax(self, n):
        """`softmax` for n samples, with out=. One sample takes three calls, and many each class as a long row."""
        total, e = np.empty((1, n), self.dtype), np.empty((self.n_classes, n), self.dtype)

        def of_one(z, out):
            np.logaddexp.reduce(z, axis=1, keepdims=True, out=total)
            np.subtract(z, total, out=z)
            np.exp(z, out=out)  # exp(z - log(sum(exp(z))))

        def of_many(z, out):
            np.copyto(e, z.T)
            np.maximum.reduce(e, axis=0, keepdims=True, out=total)
            np.subtract(e, total, out=e)
            np.exp(e, out=e)
            np.add.reduce(e, axis=0, keepdims=True, out=total)
            np.divide(e, total, out=out.T)

        return of_one if n == 1 else of_many

    def grad_loss(self, x, y_true):
        """Gradient of the loss, summed over a batch, with respect to each weight, by its name.

        Takes x and y_true, raises ValueError, as `fit` does, and one sample (n_features,), (n_classes,) too.
        """
        x1, y_true = self._samples(x, y_true)
        with np.errstate(over="ignore"):  # exp(z_h) = inf is right: 1 - h = 0
            flat = self._backpropagation(len(x1))(x1, y_true, 1, np.empty_like(y_true))
        G_h, G_o = self._layers(flat)
        return {"W_h": G_h[:-1, :-1], "b_h": G_h[-1, :-1], "W_o": G_o[:-1], "b_o": G_o[-1]}

    def _trainer(self, n, learning_rate):
        """`train_sample` for n checked samples."""
        if not 0 <= learning_rate < np.inf:
            raise ValueError(f"learning_rate must be a finite number from 0, not {learning_rate}")
        gradient, weights = self._backpropagation(n), self._weights
        scale = np.asarray(learning_rate / n, self.dtype)  # the loss of a batch is its mean

        def train_sample(x1, y_true, y):
            np.subtract(weights, gradient(x1, y_true, scale, y), out=weights)

        return train_sample

    def train_sample(self, x, y_true, learning_rate):
        """One update of stochastic gradient descent, by the mean gradient if given a batch.

        Returns the loss before it, as `nll` does. Raises ValueError as `fit` does.
        """
        x1, targets = self._samples(x, y_true)
        y = np.empty_like(targets)
        with np.errstate(over="ignore", invalid="ignore"):
            self._trainer(len(x1), learning_rate)(x1, targets, y)
        return nll(targets, y) if np.ndim(x) > 1 else nll(targets[0], y[0])

    def fit(
        self, x, y_true, *, learning_rate, epochs, batch_size=1, shuffle=True, seed=0, validation=None, on_epoch=None
    ):
        """Run `train_sample` over x (n, n_features), y_true (n, n_classes), `epochs` times.

        The order is drawn from the seed anew for every epoch, or kept as it is without `shuffle`. After each
        epoch, calls `on_epoch(epoch, loss, val_loss)`: its number from 0, the mean loss of its updates, and that
        of `validation`, a pair (x, y_true), or None. Training ends when it returns True.
        Returns the loss of every sample just before the update that it takes part in, (epochs, n).
        Raises ValueError when shapes don't fit, y_true holds labels instead of one-hot rows, or x is not finite.
        A learning rate that is too high is not an error: the losses show it.
        """
        x1, y_true = self._samples(x, y_true)
        if np.ndim(x) != 2 or batch_size < 1:
            raise ValueError(f"x must be (n, n_features), not {np.shape(x)}, and batch_size from 1, not {batch_size}")
        held_out = None if validation is None else self._samples(*validation)
        # Checked and made once for all updates, for whole batches and for the rest.
        trainers = {size: self._trainer(size, learning_rate) for size in (batch_size, len(x) % batch_size) if size}
        rng, losses = np.random.default_rng(seed), np.empty((epochs, len(x)), self.dtype)
        xs, ys, y = np.empty_like(x1), np.empty_like(y_true), np.empty_like(y_true)  # in the epoch's order
        for epoch in range(epochs):
            order = rng.permutation(len(x)) if shuffle else np.arange(len(x))
            np.take(x1, order, axis=0, out=xs, mode="clip")  # the default mode would not write straight into out
            np.take(y_true, order, axis=0, out=ys, mode="clip")
            with np.errstate(over="ignore", invalid="ignore"):
                for batch in zip(*(_batches(array, batch_size) for array in (xs, ys, y)), strict=True):
                    trainers[len(batch[0])](*batch)
            losses[epoch] = nll(ys, y)
            if on_epoch is not None:
                val_loss = None if held_out is None else float(nll(held_out[1], self.forward(validation[0])).mean())
                if on_epoch(epoch, float(losses[epoch].mean()), val_loss) is True:
                    return losses[: epoch + 1]
        return losses

    def _inputs(self, x):
        x = np.asarray(x, self.dtype)
        if x.ndim not in (1, 2) or x.shape[-1] != self.n_features:
            raise ValueError(f"x must be ({self.n_features},) or (n, {self.n_features}), not {x.shape}")
        if not np.isfinite(x).all():
            raise ValueError("x holds NaN or infinity")
        return x

    def _samples(self, x, y_true):
        """[x 1] (n, n_features + 1) and y_true (n, n_classes), checked."""
        x, y_true = self._inputs(x), np.asarray(y_true, self.dtype)
        if y_true.ndim == x.ndim - 1:
            raise ValueError(f"y_true holds labels {y_true.shape}: give one_hot(y_true, {self.n_classes})")
        if y_true.shape != (*x.shape[:-1], self.n_classes):
            raise ValueError(f"y_true must be {(*x.shape[:-1], self.n_classes)} for x {x.shape}, not {y_true.shape}")
        # softmax and cross-entropy cancel to y - y_true for probabilities only
        if not (y_true >= 0).all() or not (abs(y_true.sum(axis=-1) - 1) < 1e-4).all():
            raise ValueError("each row of y_true must be one-hot, or probabilities that sum to 1")
        x, y_true = np.atleast_2d(x, y_true)
        return np.hstack([x, np.ones((len(x), 1), self.dtype)]), y_true

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
        """A network with a copy of these weights. Raises ValueError when their shapes don't fit together."""
        if W_h.ndim != 2 or b_h.shape != W_h.shape[1:] or W_o.shape != (len(b_h), *b_o.shape) or b_o.ndim != 1:
            raise ValueError(f"shapes don't fit: W_h {W_h.shape}, b_h {b_h.shape}, W_o {W_o.shape}, b_o {b_o.shape}")
        net = cls(len(W_h), len(b_h), len(b_o), initializer="zeros", dtype=W_h.dtype)
        for name, array in zip(NAMES, (W_h, b_h, W_o, b_o), strict=True):
            getattr(net, name)[:] = array
        return net


def _batches(array, size):
    """Views of `size` rows at a time; the last has what remains."""
    whole = len(array) - len(array) % size
    batches = array[:whole].reshape(-1, size, array.shape[1])
    return chain(batches, [array[whole:]] if whole < len(array) else [])
