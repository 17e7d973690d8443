"""The weights that a training starts from."""

import numpy as np


def kernel(rng, shape, initializer, stddev, dtype):
    """A weight matrix: uniform in Glorot's bounds, normal with `stddev`, or zeros.

    Raises ValueError for another initializer or dtype than float64 or float32, or a normal one without `stddev`.
    """
    if np.dtype(dtype) not in (np.float64, np.float32):
        raise ValueError(f"dtype must be float64 or float32, not {np.dtype(dtype)}")
    if initializer == "uniform":
        bound = np.sqrt(6 / sum(shape))  # Glorot and Bengio 2010, equation 16
        return rng.uniform(-bound, bound, shape).astype(dtype)
    if initializer == "normal":
        if stddev is None:
            raise ValueError("initializer normal needs stddev")
        return rng.normal(0, stddev, shape).astype(dtype)
    if initializer == "zeros":
        return np.zeros(shape, dtype)
    raise ValueError(f"initializer must be uniform, normal or zeros, not {initializer!r}")
