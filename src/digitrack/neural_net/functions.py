"""The practical's functions: activations and loss. z is one sample (m,) or a batch, a sample a row (n, m).

Sums over the classes go along the last axis, which is there in both.
"""

import numpy as np

EPSILON = 1e-10  # keeps the logarithm of a probability of zero finite


def sigmoid(z):
    """1 / (1 + exp(-z)), entry by entry."""
    with np.errstate(over="ignore"):  # where exp(-z) is infinite, 0 is right
        return 1 / (1 + np.exp(np.multiply(z, -1.0)))


def dsigmoid(z):
    """The derivative of the sigmoid at z: sigmoid' = sigmoid (1 - sigmoid)."""
    return sigmoid(z) * (1 - sigmoid(z))


def softmax(z):
    """exp(z) / sum(exp(z)) over the classes: (n_classes,) -> (n_classes,), or (n, n_classes) -> (n, n_classes)."""
    z = np.multiply(z, 1.0)  # unsigned integers have no negative numbers
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))  # taking the maximum off changes nothing, but exp can't overflow
    return e / np.sum(e, axis=-1, keepdims=True)


def nll(y_true, y_pred):
    """Negative log-likelihood -sum(y_true log(y_pred)): one number for (n_classes,), (n,) for (n, n_classes).

    Probabilities below EPSILON count as EPSILON; to add it, as is often done, would make the loss of a certain and
    right prediction negative. The gradient is that of the loss without it.
    """
    return np.sum(y_true * -np.log(np.maximum(y_pred, EPSILON)), axis=-1)


def one_hot(labels, n_classes):
    """Labels (n,) as rows of the identity (n, n_classes).

    Raises ValueError unless they are integers from 0 to n_classes - 1.
    """
    labels = np.asarray(labels)
    if labels.dtype.kind not in "iu" or ((labels < 0) | (labels >= n_classes)).any():
        raise ValueError(f"labels must be integers from 0 to {n_classes - 1}")
    return np.eye(n_classes)[labels]
