"""Samples that `fit` reads as it needs them, a chunk at a time: there may be more of them than memory holds.

x is an array, or anything that has `.shape` (n, n_features), a length and `x[places]`, rows at a slice or at integers.
"""

import numpy as np

ROWS, NUMBERS = 4096, 2**20  # at most in a chunk: 8 MiB, and few enough activations; a read is longer than its start


def as_needed(x):
    """Whether x is such an object. Arrays, tables and tensors of all libraries have `.ndim`: they are made arrays."""
    return hasattr(x, "shape") and not hasattr(x, "ndim")


def chunks(n, n_features, multiple=1):
    """Slices that cover n samples, each but the last one of as many as a chunk takes, a multiple of `multiple`."""
    size = max(min(ROWS, NUMBERS // n_features) // multiple, 1) * multiple
    return [slice(start, min(start + size, n)) for start in range(0, n, size)]


def read(x, places, dtype):
    """The rows of x at a slice or at integers, row after row in memory; an array x has been checked before.

    Raises ValueError when x is read as needed, and gives other rows than it should, or NaN or infinity.
    """
    if not as_needed(x):  # np.take copies rows twice as fast as x[places]
        return x[places] if isinstance(places, slice) else np.take(x, places, axis=0)
    rows = np.ascontiguousarray(x[places], dtype)
    n = len(range(*places.indices(len(x)))) if isinstance(places, slice) else len(places)
    if rows.shape != (n, x.shape[1]):
        raise ValueError(f"x gave {rows.shape} where {(n, x.shape[1])} were asked for")
    if not np.isfinite(rows).all():
        raise ValueError("x holds NaN or infinity")
    return rows
