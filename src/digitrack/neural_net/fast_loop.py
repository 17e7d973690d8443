"""The updates of `NeuralNet.train_sample`, equal up to rounding and several times faster.

Two things take time in numpy: calls, a third of a microsecond each whatever they do, and memory, as a formula reads and
writes a new array for every operation. So all arrays are made once (`out=`); W_o is transposed, as long rows are
faster; and W_h, the largest array, is used once per block of samples instead of twice per sample. docs/neural_net.md
derives the blocks.
"""

from functools import cache

import numpy as np
from numpy import add, divide, dot, exp, log, logaddexp, multiply, subtract  # a look-up in np costs a tenth of a call

from .functions import cross_entropy

BLOCK, FEWEST = 32, 5  # the most and the fewest updates in a block: others cost more than they save
ONE_THREAD = 2**19  # multiplications: BLAS splits products of so many between threads, which changes last bits


def fast_loop(net, learning_rate, batch_size, l2):
    """A function that updates the network by x (n, n_features), y_true (n, n_classes), one batch after another.

    It returns the loss of each sample before its update. Both arrays must be checked, in the network's precision, and
    contiguous in memory. To train on samples in parts, split them at multiples of `samples_at_once`.
    """
    W_o, b_o = np.empty(net.W_o.shape[::-1], net.dtype), np.empty((1, len(net.b_o)), net.dtype)
    size, shrink = samples_at_once(net, batch_size), 1 - 2 * learning_rate * l2

    @cache
    def update(n, batches):
        return block_of_updates(net, W_o, b_o, n, batches, learning_rate, shrink)

    def train(x, y_true):
        whole, log_y = len(x) - len(x) % batch_size, np.empty_like(y_true)
        W_o[:], b_o[:] = net.W_o.T, net.b_o
        try:
            for start in range(0, whole, size):
                rows = slice(start, min(start + size, whole))
                update(batch_size, size // batch_size)(x[rows], y_true[rows], log_y[rows])
            if whole < len(x):
                update(len(x) - whole, 1)(x[whole:], y_true[whole:], log_y[whole:])
        finally:  # also after Ctrl-C, W_o and b_o must match W_h and b_h, which are the network's own
            net.W_o[:], net.b_o[:] = W_o.T, b_o[0]
        return cross_entropy(y_true, log_y)

    return train


def samples_at_once(net, batch_size):
    """The number of samples in a block."""
    return batch_size * batches_at_once(batch_size, *net.W_h.shape)


def batches_at_once(n, n_features, n_hidden):
    """The number of batches of n samples in a block: few enough for one thread of BLAS, unless too few to pay."""
    of_x_W = (ONE_THREAD - 1) // (n_features * n_hidden)  # samples
    of_x_x = int((ONE_THREAD / n_features) ** 0.5 - 0.5)  # BLAS counts rows (rows + 1) results
    samples = min(BLOCK, of_x_W, of_x_x)
    batches = (samples if samples >= FEWEST else BLOCK) // n
    return batches if batches >= FEWEST else 1


def block_of_updates(net, W_o, b_o, n, batches, learning_rate, shrink):
    """A function that makes the updates of up to `batches` batches of n samples, one after another.

    It takes x, y_true, and the array into which it writes the logarithms of the probabilities. With several batches,
    W_h and b_h receive all updates at the end. Batch j adds x_j' d_j to W_h and d_j to b_h, with d_j = -rate dL/dz_h.
    This changes z_h of a later batch i by (x_i x_j' + 1) d_j, and batch i needs only the sum of these changes. Each
    update first multiplies W_h and W_o by `shrink`.
    """
    dtype, (n_features, n_hidden) = net.dtype, net.W_h.shape
    step = np.asarray(-learning_rate / n, dtype)  # the loss of a batch is its mean
    update_output_layer = output_layer(W_o, b_o, n, step, shrink)
    z, ones = np.empty((batches * n, n_hidden), dtype), np.ones(batches * n, dtype)
    G_h, shrinks, earlier = (
        np.empty((n_features, n_hidden), dtype),
        shrink != 1,
        np.repeat(np.arange(batches), n)[:, None],
    )
    before = (shrink**earlier).astype(dtype)  # the factors of W_h after the updates before each sample, one per row

    def update_hidden_layer(x, d):
        add(net.b_h, dot(ones[: len(x)], d), out=net.b_h)
        if shrinks:  # later updates also shrink what earlier ones have added
            multiply(net.W_h, before[len(x) - 1] * shrink, out=net.W_h)
            x = x * before[: len(x)][::-1]
        add(net.W_h, dot(x.T, d, out=G_h), out=net.W_h)

    def one_batch(x, y_true, log_y):
        add(dot(x, net.W_h, out=z), net.b_h, out=z)
        update_output_layer(z, y_true, log_y, z)
        update_hidden_layer(x, z)

    if batches == 1:
        return one_batch

    z_h, products = np.empty_like(z[:n]), np.empty((batches * n, batches * n), dtype)
    itself = np.kron(np.eye(batches), np.ones((n, n))) > 0  # the places of x_i x_i'
    identity = np.tile(np.eye(n, dtype=dtype).ravel(), batches)
    rows = [slice(i, i + n) for i in range(0, batches * n, n)]
    places = [(i, products[i, : i.stop], z[: i.stop], z[i]) for i in rows]
    between = (shrink ** np.maximum(earlier - earlier.T - 1, 0)).astype(dtype)

    def block(x, y_true, log_y):
        m = len(x)
        of_W = dot(x, net.W_h, out=z[:m])
        of_x = np.matmul(x, x.T, out=products[:m, :m])  # dot would refuse an out with gaps between its rows
        if shrinks:
            multiply(of_W, before[:m], out=of_W)
            multiply(of_x, between[:m, :m], out=of_x)
        add(of_W, net.b_h, out=of_W)
        add(of_x, 1, out=of_x)
        products[itself] = identity
        for i, factors, z_so_far, d_i in places[: m // n]:  # z turns from x_i W_h + b_h into d_i, batch by batch
            dot(factors, z_so_far, out=z_h)  # x_i W_h + b_h + the sum over j < i of (x_i x_j' + 1) d_j
            update_output_layer(z_h, y_true[i], log_y[i], d_i)
        update_hidden_layer(x, z[:m])

    return block


def output_layer(W_o, b_o, n, step, shrink):
    """A function that goes forward from z_h and back, for n samples, and updates W_o (transposed) and b_o (a row).

    `step` is minus the learning rate over n. W_o is first multiplied by `shrink`.
    """
    (n_classes, n_hidden), dtype = W_o.shape, W_o.dtype
    h, G_o, one, ones = np.empty((n, n_hidden), dtype), np.empty_like(W_o), np.ones((), dtype), np.ones((1, n), dtype)
    z_o, d_o = np.empty((n, n_classes), dtype), np.empty((n, n_classes), dtype)
    G_b = d_o if n == 1 else np.empty_like(b_o)
    softmax = softmax_of_row(z_o) if n == 1 else softmax_of_rows(z_o)
    W_oT, d_oT, shrinks = W_o.T, d_o.T, shrink != 1

    def update(z_h, y_true, log_y, d_h):
        """Write log(y) into log_y, and step * dL/dz_h into d_h; z_h is overwritten, and may be the array d_h."""
        not_h = exp(z_h, out=z_h)
        add(not_h, one, out=not_h)
        divide(one, not_h, out=not_h)  # 1 - h = 1 / (1 + exp(z_h)): both factors of sigmoid' from one exp
        subtract(one, not_h, out=h)
        dot(h, W_oT, out=z_o)
        add(z_o, b_o, out=z_o)
        softmax(log_y, d_o)

        subtract(d_o, y_true, out=d_o)
        multiply(d_o, step, out=d_o)  # all that follows is linear in d_o, the smallest array
        dot(d_oT, h, out=G_o)
        slope = multiply(h, not_h, out=not_h)  # sigmoid' = h (1 - h)
        dL_dh = dot(d_o, W_o, out=h)
        multiply(dL_dh, slope, out=d_h)
        if shrinks:
            multiply(W_o, shrink, out=W_o)
        add(W_o, G_o, out=W_o)
        if n > 1:
            dot(ones, d_o, out=G_b)  # the sum over the samples
        add(b_o, G_b, out=b_o)

    return update


def softmax_of_row(z):
    """`softmax_of_rows` for a single row, in three calls: exp(z - log(sum(exp(z)))). z is kept."""
    log_sum = np.empty((), z.dtype)

    def softmax(log_y, y):
        logaddexp.reduce(z[0], out=log_sum)
        exp(subtract(z, log_sum, out=log_y), out=y)

    return softmax


def softmax_of_rows(z):
    """A function that writes the softmax of the current z (n, n_classes), and its logarithm, into two arrays.

    z is overwritten.
    """
    of_row, ones = np.empty((len(z), 1), z.dtype), np.ones((z.shape[1], 1), z.dtype)

    def softmax(log_y, y):
        exp(subtract(z, np.maximum.reduce(z, axis=1, keepdims=True, out=of_row), out=z), out=y)
        divide(y, dot(y, ones, out=of_row), out=y)  # for short rows, a product is the fastest sum
        subtract(z, log(of_row, out=of_row), out=log_y)

    return softmax
