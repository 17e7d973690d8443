"""Scale rows when they are read, so that a data set is stored once, in its own type."""

from typing import NamedTuple

import numpy as np

from .blocks import blocks


class Scaler(NamedTuple):
    """The two arrays of a fitted StandardScaler, each of shape (n_features,)."""

    mean: np.ndarray
    scale: np.ndarray


class Scaled:
    """Samples (n, ...) as scaled rows: `x[places]` is (m, n_features), float64. `np.asarray` scales all of them."""

    def __init__(self, raw: np.ndarray, scaler: Scaler) -> None:
        self.rows, self.scaler = raw.reshape(len(raw), -1), scaler  # a view: nothing is read yet
        self.shape = self.rows.shape

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, places) -> np.ndarray:
        return (self.rows[places] - self.scaler.mean) / self.scaler.scale

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        return self[:].astype(dtype or float, copy=False)


def unscale(x: np.ndarray, scaler: Scaler) -> np.ndarray:
    """Invert the scaling: x (n, n_features), in units of the data set, of the same shape."""
    return x * scaler.scale + scaler.mean


def recovery_error(x: Scaled) -> float:
    """Return the largest absolute difference that scaling and its inverse make, in units of the data set."""
    return max(float(abs(unscale(x[block], x.scaler) - x.rows[block]).max()) for block in blocks(len(x)))
