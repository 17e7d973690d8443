"""Read samples in chunks, when `fit` needs them: there may be more than memory holds.

x is an array, or any object with `.shape` (n, n_features), a length, and `x[places]`: rows at a slice or at integers.
"""

import numpy as np

ROWS, NUMBERS = 4096, 2**20  # the most in a chunk: 8 MiB and few activations, yet few chunks


def as_needed(x):
    """Whether x is such an object. Arrays, tables and tensors of all libraries have `.ndim`, and become arrays."""
    return hasattr(x, "shape") and not hasattr(x, "ndim")


def chunks(n, n_features, multiple=1):
    """Slices that cover n samples, as long as a chunk can be, in multiples of `multiple`; the last may be shorter."""
    size = max(min(ROWS, NUMBERS // n_features) // multiple, 1) * multiple
    return [slice(start, min(start + size, n)) for start in range(0, n, size)]


def read(x, places, dtype):
    """The rows of x (m, n_features) at a slice or at m integers, contiguous in memory. An array must have been checked.

    Raises ValueError when an x that is no array returns rows of another shape, or NaN or infinity.
    """
    if not as_needed(x):  # np.take copies rows twice as fast as x[places]
        return x[places] if isinstance(places, slice) else np.take(x, places, axis=0)
    rows = np.ascontiguousarray(x[places], dtype)
    n = len(range(*places.indices(len(x)))) if isinstance(places, slice) else len(places)
    if rows.shape != (n, x.shape[1]):
        raise ValueError(f"x returned rows of shape {rows.shape} instead of {(n, x.shape[1])}")
    if not np.isfinite(rows).all():
        raise ValueError("x holds NaN or infinity")
    return rows
