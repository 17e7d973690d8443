"""What samples and their scaling must be; each check raises ValueError that says what is wrong."""

from typing import TYPE_CHECKING

import numpy as np

from .blocks import blocks

if TYPE_CHECKING:
    from .samples import Samples

MOST = 2**24  # the largest value: up to here float32, in which Keras computes, tells whole numbers apart
LEAST = 1e-7  # the smallest deviation: what is less, Keras takes for this


def kinds(**arrays: tuple[np.ndarray, type, int]) -> None:
    """Each array, by name, must be of this type, with this number of dimensions."""
    for name, (array, dtype, ndim) in arrays.items():
        if array.dtype != dtype or array.ndim != ndim:
            raise ValueError(
                f"{name} is {array.dtype} {array.shape}: it must be {np.dtype(dtype)}, of {ndim} dimensions"
            )


def samples(ids: np.ndarray, raw: np.ndarray, y: np.ndarray, mean: np.ndarray) -> None:
    """The arrays of `Samples` must fit together and to a scaler's mean, and be samples of every class."""
    values(raw)
    n_features = int(np.prod(raw.shape[1:]))
    if not len(ids) == len(y) == len(raw) or mean.shape != (n_features,):
        raise ValueError(f"shapes don't fit: ids {ids.shape}, samples {raw.shape}, y {y.shape}, scaler {mean.shape}")
    classes(y)
    if ids.min() < 0 or len(np.unique(ids)) < len(ids):
        raise ValueError("ids must be places in the data set, each once")


def values(raw: np.ndarray) -> None:
    """Images, grey (n, height, width) or in colour (n, height, width, 3), must be from 0 to MOST; rows (n, n_features)
    from -MOST to MOST."""
    if raw.dtype.kind not in "uif" or raw.dtype.itemsize > 8:
        raise ValueError(f"samples must be numbers of at most 8 bytes, not {raw.dtype}")
    if raw.ndim not in (2, 3, 4) or (raw.ndim == 4 and raw.shape[3] != 3):
        raise ValueError(
            f"samples must be (n, height, width), (n, height, width, 3) or (n, n_features), not {raw.shape}"
        )
    if not raw.size:
        raise ValueError(f"there is nothing in samples {raw.shape}")
    least = -MOST if raw.ndim == 2 else 0
    lowest, highest = raw.min(), raw.max()  # NaN, if there is one
    if not (least <= lowest and highest <= MOST):
        wrong = highest if lowest >= least else lowest
        what, zero = ("a value", least) if raw.ndim == 2 else ("a pixel", "0 (paper)")
        raise ValueError(f"{what} is {wrong:g}: {what[2:]}s must be from {zero} to {MOST} at most")


def classes(y: np.ndarray) -> None:
    """Classes (n,) must be the integers from 0 to k - 1, k at least 2, with a sample each."""
    found = np.unique(y)
    if len(found) < 2 or (found != np.arange(len(found))).any():
        told = ", ".join(f"{k:g}" for k in found[:5]) + (", ..." if len(found) > 5 else "")
        raise ValueError(f"classes are {told}: they must be 0 to k - 1, at least two, with a sample each")


def scaler(mean: np.ndarray, scale: np.ndarray) -> None:
    """The arrays of `Scaler` must fit together, and can be divided by."""
    kinds(mean=(mean, np.float64, 1), scale=(scale, np.float64, 1))
    if not mean.size or mean.shape != scale.shape:
        raise ValueError(f"shapes don't fit: mean {mean.shape}, scale {scale.shape}")
    if not (np.isfinite(mean).all() and np.isfinite(scale).all() and (scale >= LEAST).all()):
        raise ValueError(
            f"mean must be finite, scale finite and from {LEAST:g}: pixels that differ must differ by more"
        )


def parts(train: "Samples", validation: "Samples") -> None:
    """Two parts must be of one data set, without a sample in both, and the scaling of the first."""
    if train.raw.shape[1:] != validation.raw.shape[1:]:
        raise ValueError(f"samples differ in size: train {train.raw.shape}, validation {validation.raw.shape}")
    if train.y.max() != validation.y.max():
        raise ValueError("train and validation differ in their classes")
    if len(np.intersect1d(train.ids, validation.ids)):
        raise ValueError("train and validation have samples in common")
    rows, mean = train.x.rows, train.x.scaler.mean
    found = sum(rows[block].sum(axis=0, dtype=float) for block in blocks(len(rows))) / len(rows)
    if not np.allclose(found, mean, rtol=1e-9, atol=1e-9 * max(1.0, float(abs(mean).max()))):
        raise ValueError("scaler is not of train")
