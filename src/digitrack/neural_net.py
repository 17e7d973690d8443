"""A network with one hidden layer, trained by stochastic gradient descent; numpy alone.

X -> z_h = X W_h + b_h -> h = sigmoid(z_h) -> z_o = h W_o + b_o -> y = softmax(z_o)

docs/neural_net.md derives the gradient. Samples are rows: x is (n, n_features), y_true is one-hot, (n, n_classes).
"""

from pathlib import Path

import numpy as np
from numpy import add, divide, dot, exp, multiply, subtract  # a look-up in np costs a tenth of a call

NAMES = ("W_h", "b_h", "W_o", "b_o")
EPSILON = 1e-10  # keeps the logarithm of a probability of zero finite
BLOCK, FEWEST = 32, 5  # samples whose updates W_h receives at once: more, or fewer, cost more than they save
ONE_THREAD = 2**19  # multiplications: BLAS splits a product of so many, and the last bits follow the split


def sigmoid(z):
    """1 / (1 + exp(-z)). Where exp overflows to infinity, 0 is right."""
    with np.errstate(over="ignore"):
        return 1 / (1 + exp(-np.asarray(z)))


def dsigmoid(z):
    """sigmoid' = sigmoid (1 - sigmoid)."""
    s = sigmoid(z)
    return s * (1 - s)


def softmax(z):
    """exp(z) / sum(exp(z)) over the last axis; the maximum is taken off first, so that exp can't overflow."""
    e = exp(z - np.max(z, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def nll(y_true, y_pred):
    """Cross-entropy -sum(y_true log(y_pred)) of one sample (a scalar) or of each of a batch (n,)."""
    return -np.vecdot(y_true, np.log(add(y_pred, EPSILON)))


def one_hot(labels, n_classes):
    """Integer labels (n,) as rows of the identity (n, n_classes). Raises ValueError for any other label."""
    labels = np.asarray(labels)
    if labels.dtype.kind not in "iu" or ((labels < 0) | (labels >= n_classes)).any():
        raise ValueError(f"labels must be integers from 0 to {n_classes - 1}")
    return np.eye(n_classes)[labels]


def _weight(view):
    """A part of a layer's array as an attribute; what is assigned to it is copied into the array."""
    return property(view, lambda net, value: np.copyto(view(net), value))


class NeuralNet:
    """Weights W_h (n_features, n_hidden), b_h (n_hidden,), W_o (n_hidden, n_classes), b_o (n_classes,).

    They are views of one array a layer, in which each bias lies beside its kernel, for x W + b = [x 1] [W; b]. The
    hidden layer makes its own 1 for that: a last unit whose kernel is zero and whose bias is so large that its sigmoid
    is 1, and the slope of it 0, to the last bit.
    """

    def __init__(
        self, n_features, n_hidden, n_classes, *, initializer="uniform", stddev=None, seed=0, dtype=np.float64
    ):
        """Biases are zero; kernels are uniform in Glorot's bounds, normal with `stddev`, or zeros.

        `seed` is an integer or a numpy Generator, `dtype` float64 or float32. Raises ValueError for another
        dtype or initializer, or a normal one without `stddev`.
        """
        self.dtype = np.dtype(dtype)
        if self.dtype not in (np.float64, np.float32):
            raise ValueError(f"dtype must be float64 or float32, not {self.dtype}")
        self.n_features, self.n_hidden, self.n_classes = n_features, n_hidden, n_classes
        self._hidden = np.zeros((n_features + 1, n_hidden + 1), self.dtype)  # [W_h 0; b_h 10000]
        self._output = np.zeros((n_classes, n_hidden + 1), self.dtype)  # [W_o; b_o] transposed: long rows are faster
        rng = np.random.default_rng(seed)
        for kernel in (self.W_h, self.W_o):
            if initializer == "uniform":  # Glorot and Bengio 2010, equation 16
                bound = np.sqrt(6 / sum(kernel.shape))
                kernel[:] = rng.uniform(-bound, bound, kernel.shape)
            elif initializer == "normal":
                if stddev is None:
                    raise ValueError("initializer normal needs stddev")
                kernel[:] = rng.normal(0, stddev, kernel.shape)
            elif initializer != "zeros":
                raise ValueError(f"initializer must be uniform, normal or zeros, not {initializer!r}")

    W_h = _weight(lambda self: self._hidden[:-1, :-1])
    b_h = _weight(lambda self: self._hidden[-1, :-1])
    W_o = _weight(lambda self: self._output[:, :-1].T)
    b_o = _weight(lambda self: self._output[:, -1])

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
        self._hidden[:-1, -1], self._hidden[-1, -1] = 0, 1e4  # makes the 1, also after a training that diverged
        W_o, one = self._output, np.ones((), self.dtype)
        h, z_o, d_o = (np.empty((n, m), self.dtype) for m in (self.n_hidden + 1, self.n_classes, self.n_classes))
        G_o, W_oT, d_oT = np.empty_like(W_o), W_o.T, d_o.T
        softmax = _softmax_of(z_o)

        def gradient(z_h, y_true, scale, y, d_h):
            """Write the probabilities into y, scale * dL/dz_h into d_h; return scale * dL/d[W_o; b_o], transposed.

            z_h is lost, and d_h may take its place.
            """
            not_h = exp(z_h, out=z_h)
            add(not_h, one, out=not_h)
            divide(one, not_h, out=not_h)  # 1 - h = 1 / (1 + exp(z_h)): both factors of sigmoid' for one exp
            subtract(one, not_h, out=h)
            dot(h, W_oT, out=z_o)
            softmax(y)

            subtract(y, y_true, out=d_o)  # dL/dz_o: softmax and cross-entropy cancel to this
            multiply(d_o, scale, out=d_o)  # all that follows is linear in d_o, which is the smallest array
            dot(d_oT, h, out=G_o)
            slope = multiply(h, not_h, out=not_h)  # sigmoid' = h (1 - h)
            dL_dh = dot(d_o, W_o, out=h)
            multiply(dL_dh, slope, out=d_h)
            return G_o

        return gradient

    @np.errstate(over="ignore")  # exp(z_h) = inf is right: 1 - h = 0
    def grad_loss(self, x, y_true):
        """Gradient of the loss, summed over a batch, with respect to each weight, by its name.

        Takes x and y_true, raises ValueError, as `fit` does, and one sample (n_features,), (n_classes,) too.
        """
        x1, y_true = self._samples(x, y_true)
        gradient = self._backpropagation(len(x1))
        z_h = d_h = x1 @ self._hidden
        G_o = gradient(z_h, y_true, 1, np.empty_like(y_true), d_h)
        G_h = x1.T @ d_h
        return {"W_h": G_h[:-1, :-1], "b_h": G_h[-1, :-1], "W_o": G_o[:, :-1].T, "b_o": G_o[:, -1]}

    def _batches_at_once(self, n):
        """How many batches of n make a block: for one thread of BLAS, where that leaves a block worth making."""
        of_x_W = (ONE_THREAD - 1) // self._hidden.size  # samples
        of_x_x = int((ONE_THREAD / len(self._hidden)) ** 0.5 - 0.5)  # BLAS counts rows (rows + 1) results
        samples = min(BLOCK, of_x_W, of_x_x)
        batches = (samples if samples >= FEWEST else BLOCK) // n
        return batches if batches >= FEWEST else 1

    def _trainer(self, n, batches, learning_rate):
        """`train_sample` for up to `batches` batches of n checked samples, one after the other.

        Of several, W_h receives the updates at once, at the end: an update that batch j makes, x_j' d_j with
        d_j = -rate dL/dz_h, changes z_h of a later batch i by (x_i x_j') d_j, and the sum of these is all it needs.
        """
        if not 0 <= learning_rate < np.inf:
            raise ValueError(f"learning_rate must be a finite number from 0, not {learning_rate}")
        W_h, W_o, gradient = self._hidden, self._output, self._backpropagation(n)
        step = np.asarray(-learning_rate / n, self.dtype)  # the loss of a batch is its mean
        z, G_h = np.empty((batches * n, self.n_hidden + 1), self.dtype), np.empty_like(W_h)

        def train(x1, y_true, y):
            z_h = d = dot(x1, W_h, out=z)
            add(W_o, gradient(z_h, y_true, step, y, d), out=W_o)
            add(W_h, dot(x1.T, d, out=G_h), out=W_h)

        if batches == 1:
            return train

        z_h, products = np.empty_like(z[:n]), np.empty((batches * n, batches * n), self.dtype)
        itself = np.kron(np.eye(batches), np.ones((n, n))) > 0  # where x_i x_i' stands
        identity = np.tile(np.eye(n, dtype=self.dtype).ravel(), batches)
        rows = [slice(i, i + n) for i in range(0, batches * n, n)]
        places = [(i, products[i, : i.stop], z[: i.stop], z[i]) for i in rows]

        def train_block(x1, y_true, y):
            m = len(x1)
            dot(x1, W_h, out=z[:m])
            np.matmul(x1, x1.T, out=products[:m, :m])  # dot would refuse an out with gaps between its rows
            products[itself] = identity
            for i, factors, z_so_far, d_i in places[: m // n]:  # z turns from x_i W_h into d_i, batch by batch
                dot(factors, z_so_far, out=z_h)  # x_i W_h + the sum over j < i of (x_i x_j') d_j
                add(W_o, gradient(z_h, y_true[i], step, y[i], d_i), out=W_o)
            add(W_h, dot(x1.T, z[:m], out=G_h), out=W_h)

        return train_block

    @np.errstate(over="ignore", invalid="ignore")
    def train_sample(self, x, y_true, learning_rate):
        """One update of stochastic gradient descent, by the mean gradient if given a batch.

        Returns the loss before it, as `nll` does. Raises ValueError as `fit` does.
        """
        x1, targets = self._samples(x, y_true)
        y = np.empty_like(targets)
        self._trainer(len(x1), 1, learning_rate)(x1, targets, y)
        return nll(targets, y) if np.ndim(x) > 1 else nll(targets[0], y[0])

    @np.errstate(over="ignore", invalid="ignore")
    def fit(
        self, x, y_true, *, learning_rate, epochs, batch_size=1, shuffle=True, seed=0, validation=None, on_epoch=None
    ):
        """Run the updates of `train_sample` over x (n, n_features), y_true (n, n_classes), `epochs` times.

        The order is drawn from the seed anew for every epoch, or kept as it is without `shuffle`. After each
        epoch, calls `on_epoch(epoch, loss, val_loss)`: its number from 0, the mean loss of its updates, and that
        of `validation`, a pair (x, y_true), or None. Training ends when it returns True.
        Returns the loss of every sample just before the update that it takes part in, in the order of the updates,
        (epochs, n). Raises ValueError when shapes don't fit, there are no samples, y_true is not one-hot, x is not
        finite, or learning_rate or batch_size is out of range.
        A learning rate that is too high is not an error: the losses show it.
        """
        if np.ndim(x) != 2:
            raise ValueError(f"x must be (n, {self.n_features}), not {np.shape(x)}")
        if batch_size < 1:
            raise ValueError(f"batch_size must be from 1, not {batch_size}")
        x1, y_true = self._samples(x, y_true)
        held_out = None if validation is None else self._samples(*validation)
        # Checked and made once for all updates: in blocks of whole batches, and for the rest.
        n, batch_size = len(x1), min(batch_size, len(x1))
        batches, whole = self._batches_at_once(batch_size), n - n % batch_size
        block = batches * batch_size
        spans = [slice(start, min(start + block, whole)) for start in range(0, whole, block)]
        trainers = [self._trainer(batch_size, batches, learning_rate)] * len(spans)
        if whole < n:
            spans.append(slice(whole, n))
            trainers.append(self._trainer(n - whole, 1, learning_rate))
        rng, losses = np.random.default_rng(seed), np.empty((epochs, n), self.dtype)
        xs, ys, y = np.empty_like(x1[:block]), np.empty_like(y_true), np.empty_like(y_true)
        for epoch in range(epochs):
            order = rng.permutation(n) if shuffle else np.arange(n)
            np.take(y_true, order, axis=0, out=ys, mode="clip")  # the default mode would not write straight into out
            for span, train in zip(spans, trainers, strict=True):
                rows = order[span]
                train(np.take(x1, rows, axis=0, out=xs[: len(rows)], mode="clip"), ys[span], y[span])
            losses[epoch] = -np.log(np.vecdot(ys, y) + EPSILON)  # `nll` with one logarithm, as ys are one-hot
            if on_epoch is not None:
                val_loss = None if held_out is None else float(nll(held_out[1], self.forward(validation[0])).mean())
                if on_epoch(epoch, float(losses[epoch].mean()), val_loss):
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
        if not ((y_true == 0) | (y_true == 1)).all() or not (y_true.sum(axis=-1) == 1).all():
            raise ValueError("each row of y_true must be one-hot")
        x, y_true = np.atleast_2d(x, y_true)
        if not len(x):
            raise ValueError("there are no samples")
        x1 = np.ones((len(x), self.n_features + 1), self.dtype)  # in C order, for np.take to copy rows
        x1[:, :-1] = x
        return x1, np.ascontiguousarray(y_true)

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
        if W_h.ndim != 2 or b_h.shape != W_h.shape[1:] or W_o.shape != (len(b_h), *b_o.shape) or b_o.ndim != 1:
            raise ValueError(f"shapes don't fit: W_h {W_h.shape}, b_h {b_h.shape}, W_o {W_o.shape}, b_o {b_o.shape}")
        net = cls(len(W_h), len(b_h), len(b_o), initializer="zeros", dtype=W_h.dtype)
        for name, array in zip(NAMES, (W_h, b_h, W_o, b_o), strict=True):
            getattr(net, name)[:] = array
        return net


def _softmax_of(z):
    """`softmax` of the rows of the array z, whatever it holds then, as a function of where to write it; z is lost.

    Of a single row, the relative error is a rounding of its largest entry: 1e-6 for float32 and entries of 10.
    """
    if len(z) == 1:
        row, total = z[0], np.empty((), z.dtype)

        def of_one(out):
            np.logaddexp.reduce(row, out=total)
            subtract(z, total, out=z)
            exp(z, out=out)  # exp(z - log(sum(exp(z)))), which takes three calls

        return of_one

    by_class, total = np.empty(z.shape[::-1], z.dtype), np.empty((1, len(z)), z.dtype)  # sums along long rows

    def of_many(out):
        np.copyto(by_class, z.T)
        np.maximum.reduce(by_class, axis=0, keepdims=True, out=total)
        subtract(by_class, total, out=by_class)
        exp(by_class, out=by_class)
        np.add.reduce(by_class, axis=0, keepdims=True, out=total)
        divide(by_class, total, out=out.T)

    return of_many
