"""A data set before it is split and scaled: what every loader returns."""

from typing import NamedTuple

import numpy as np


class Source(NamedTuple):
    """Samples and their classes, in the order and type in which they were loaded."""

    x: np.ndarray  # images (n, height, width) or (n, height, width, 3), or rows (n, n_features); may be memory-mapped
    y: np.ndarray  # (n,), int64, classes from 0 to k - 1
    class_names: tuple[str, ...]  # one per class, as tables and pictures show them
    feature_names: tuple[str, ...] | None = None  # one per column of a table; None if there are none
