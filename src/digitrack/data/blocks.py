"""Process samples in blocks, as the file that holds them may be larger than memory."""

from collections.abc import Callable, Iterator

import numpy as np

ROWS = 8192  # in a block: with 28x28 pixels, 51 MB as floats


def blocks(n: int) -> Iterator[slice]:
    """Return slices that cover n samples, ROWS at a time; the last one may be shorter."""
    return (slice(start, min(start + ROWS, n)) for start in range(0, n, ROWS))


def in_blocks(predict: Callable[[np.ndarray], np.ndarray], x) -> np.ndarray:
    """Apply `predict` to x (n, n_features), an array or `Scaled`, block by block: (n, n_classes)."""
    return np.concatenate([predict(x[rows]) for rows in blocks(len(x))])
