"""Samples a block at a time: what a file holds may be larger than memory."""

from collections.abc import Callable, Iterator

import numpy as np

ROWS = 8192  # of 28x28 pixels, 51 MB as floats


def blocks(n: int) -> Iterator[slice]:
    """The places from 0 to n, ROWS at a time; the last block may have fewer."""
    return (slice(start, min(start + ROWS, n)) for start in range(0, n, ROWS))


def in_blocks(predict: Callable[[np.ndarray], np.ndarray], x) -> np.ndarray:
    """What `predict` makes of rows (n, n_features), an array or `Scaled`: (n, n_classes)."""
    return np.concatenate([predict(x[rows]) for rows in blocks(len(x))])
