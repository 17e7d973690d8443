"""Checks of a network's arguments. Each message says what would be right."""

import numpy as np

from .rows import as_needed


def inputs(net, x):
    """Return x as an array in the network's precision: one sample (n_features,) or a batch (n, n_features).

    Raises ValueError when it has another shape, or holds NaN or infinity.
    """
    x = np.asarray(x, net.dtype)
    shape(net, x)
    if not np.isfinite(x).all():
        raise ValueError("x holds NaN or infinity")
    return x


def shape(net, x):
    """Raise ValueError when x is neither one sample (n_features,) nor a batch (n, n_features)."""
    weights(net.W_h, net.b_h, net.W_o, net.b_o)
    n_features = len(net.W_h)
    if len(x.shape) not in (1, 2) or x.shape[-1] != n_features:
        raise ValueError(f"x must be ({n_features},) or (n, {n_features}), not {x.shape}")


def samples(net, x, y_true):
    """Return x (n, n_features) and y_true (n, n_classes), or one row of each, as arrays in the network's precision.

    If x is an object to be read as needed, only its shape is checked. Raises ValueError as `inputs` does, when there
    are no samples, or when y_true has not one one-hot row for each row of x.
    """
    if as_needed(x):
        shape(net, x)
    else:
        x = inputs(net, x)
    y_true, n_classes = np.asarray(y_true, net.dtype), len(net.b_o)
    if y_true.ndim == len(x.shape) - 1:
        raise ValueError(f"y_true holds labels {y_true.shape}: pass one_hot(y_true, {n_classes})")
    if y_true.shape != (*x.shape[:-1], n_classes):
        raise ValueError(f"y_true must be {(*x.shape[:-1], n_classes)} for x {x.shape}, not {y_true.shape}")
    if not ((y_true == 0) | (y_true == 1)).all() or not (y_true.sum(axis=-1) == 1).all():
        raise ValueError("each row of y_true must be one-hot")
    if not len(y_true):
        raise ValueError("there are no samples")
    return x, y_true


def weights(W_h, b_h, W_o, b_o):
    """Raise ValueError when the shapes of the four arrays don't fit together, or their precisions differ."""
    if W_h.ndim != 2 or b_h.shape != W_h.shape[1:] or W_o.shape != (len(b_h), *b_o.shape) or b_o.ndim != 1:
        raise ValueError(f"shapes don't fit: W_h {W_h.shape}, b_h {b_h.shape}, W_o {W_o.shape}, b_o {b_o.shape}")
    if not W_h.dtype == b_h.dtype == W_o.dtype == b_o.dtype:
        raise ValueError(f"precisions differ: W_h {W_h.dtype}, b_h {b_h.dtype}, W_o {W_o.dtype}, b_o {b_o.dtype}")


def batch(x):
    """Raise ValueError when x is not a batch (n, n_features)."""
    if len(np.shape(x)) != 2:
        raise ValueError(f"x must be (n, n_features), not {np.shape(x)}")


def training(learning_rate, batch_size, l2, rate_decay):
    """Raise ValueError when an argument of `fit` is out of range."""
    rate(learning_rate)
    decay(l2)
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, not {batch_size}")
    if not 0 < rate_decay <= 1:
        raise ValueError(f"rate_decay must be above 0 and at most 1, not {rate_decay}")


def decay(l2):
    """Raise ValueError when the factor of weight decay is negative, infinite or NaN."""
    if not 0 <= l2 < np.inf:
        raise ValueError(f"l2 must be finite and at least 0, not {l2}")


def rate(learning_rate):
    """Raise ValueError when the learning rate is negative, infinite or NaN."""
    if not 0 <= learning_rate < np.inf:
        raise ValueError(f"learning_rate must be finite and at least 0, not {learning_rate}")
