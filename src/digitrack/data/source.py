"""A data set as it came, before it is split: what every loader returns."""

from typing import NamedTuple

import numpy as np


class Source(NamedTuple):
    """Samples in their own type and order; nothing is scaled yet."""

    x: np.ndarray  # images (n, height, width) or (n, height, width, 3), or rows (n, n_features); may be memory-mapped
    y: np.ndarray  # (n,), int64, classes from 0 to k - 1
    class_names: tuple[str, ...]  # k, as tables and pictures call them
    feature_names: tuple[str, ...] | None = None  # n_features, of rows; None for images
