"""The practical's functions: activations and loss. docs/neural_net.md derives them.

z is one sample (m,) or a batch (n, m), one row per sample. Sums over the classes run along the last axis of both.
"""

import numpy as np

EPSILON = 1e-10  # the smallest probability in `nll`, as the logarithm of 0 is infinite


def sigmoid(z):
    """1 / (1 + exp(-z)), entry by entry."""
    with np.errstate(over="ignore"):  # where exp(-z) overflows, the result, 0, is right
        return 1 / (1 + np.exp(np.multiply(z, -1.0)))


def dsigmoid(z):
    """The derivative of the sigmoid at z: sigmoid' = sigmoid (1 - sigmoid)."""
    return sigmoid(z) * (1 - sigmoid(z))


def softmax(z):
    """exp(z) / sum(exp(z)) over the classes: (n_classes,) -> (n_classes,), or (n, n_classes) -> (n, n_classes)."""
    z = np.multiply(z, 1.0)  # to floats, as unsigned integers can't become negative
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))  # subtracting the maximum cancels out, and exp can't overflow
    return e / np.sum(e, axis=-1, keepdims=True)


def nll(y_true, y_pred):
    """Negative log-likelihood -sum(y_true log(y_pred)): one number for (n_classes,), (n,) for (n, n_classes).

    Probabilities below EPSILON count as EPSILON. Adding it instead, as is often done, would make the loss of a certain
    and right prediction negative. `NeuralNet.grad_loss` is the gradient of the loss without this floor.
    """
    return np.sum(y_true * -np.log(np.maximum(y_pred, EPSILON)), axis=-1)


def log_softmax(z):
    """log(softmax(z)), of the shape of z; it is finite even where the softmax rounds to 0."""
    z = z - np.max(z, axis=-1, keepdims=True)
    return z - np.log(np.sum(np.exp(z), axis=-1, keepdims=True))


def cross_entropy(y_true, log_y):
    """`nll` without its floor, from the logarithms of the probabilities: -sum(y_true log_y), of the same shape."""
    return np.sum(y_true * -log_y, axis=-1)


def one_hot(labels, n_classes):
    """Labels (n,) as rows of the identity matrix: (n, n_classes).

    Raises ValueError unless they are integers from 0 to n_classes - 1.
    """
    labels = np.asarray(labels)
    if labels.dtype.kind not in "iu" or ((labels < 0) | (labels >= n_classes)).any():
        raise ValueError(f"labels must be integers from 0 to {n_classes - 1}")
    return np.eye(n_classes)[labels]
