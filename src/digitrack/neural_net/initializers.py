"""The weights before the first update."""

import numpy as np


def kernel(rng, shape, initializer, stddev, dtype):
    """Draw a weight matrix: uniform within Glorot's bounds, normal with standard deviation `stddev`, or zeros.

    Raises ValueError when `initializer` is not uniform, normal or zeros, when a normal one has no `stddev`, or when
    `dtype` is neither float64 nor float32.
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
