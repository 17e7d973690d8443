"""What samples and their scaling must be; each check raises ValueError that says what is wrong."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .samples import Samples

MOST = 2**24  # the largest pixel: up to here float32, in which Keras computes, tells whole numbers apart
LEAST = 1e-7  # the smallest deviation: what is less, Keras takes for this


def kinds(**arrays: tuple[np.ndarray, type, int]) -> None:
    """Each array, by name, must be of this type, with this number of dimensions."""
    for name, (array, dtype, ndim) in arrays.items():
        if array.dtype != dtype or array.ndim != ndim:
            raise ValueError(
                f"{name} is {array.dtype} {array.shape}: it must be {np.dtype(dtype)}, of {ndim} dimensions"
            )


def samples(ids: np.ndarray, raw: np.ndarray, x: np.ndarray, y: np.ndarray) -> None:
    """The arrays of `Samples` must fit together, and be samples of every class."""
    kinds(ids=(ids, np.int64, 1), raw=(raw, np.float64, 3), x=(x, np.float64, 2), y=(y, np.int64, 1))
    n, height, width = raw.shape
    if not (len(ids) == len(y) == n and x.shape == (n, height * width)):
        raise ValueError(f"shapes don't fit: ids {ids.shape}, raw {raw.shape}, x {x.shape}, y {y.shape}")
    pixels(raw)
    classes(y)
    if not np.isfinite(x).all():
        raise ValueError("x holds NaN or infinity")
    if ids.min() < 0 or len(np.unique(ids)) < n:
        raise ValueError("ids must be places in the data set, each once")


def pixels(raw: np.ndarray) -> None:
    """Images (n, height, width) must have pixels, from 0 to MOST."""
    if not raw.size:
        raise ValueError(f"there are no pixels in images {raw.shape}")
    wrong = ~((raw >= 0) & (raw <= MOST))  # NaN is neither
    if wrong.any():
        raise ValueError(f"a pixel is {raw[wrong][0]:g}: pixels must be from 0 (paper) to {MOST} at most")


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


def parts(train: "Samples", validation: "Samples", mean: np.ndarray, scale: np.ndarray) -> None:
    """Two parts must be of one data set, without a sample in both, and scaled alike, by the mean of the first."""
    if train.raw.shape[1:] != validation.raw.shape[1:] or mean.shape != train.x.shape[1:]:
        shapes = f"train {train.raw.shape}, validation {validation.raw.shape}, scaler {mean.shape}"
        raise ValueError(f"images differ in size: {shapes}")
    if train.y.max() != validation.y.max():
        raise ValueError("train and validation differ in their classes")
    if len(np.intersect1d(train.ids, validation.ids)):
        raise ValueError("train and validation have samples in common")
    close = 1e-9 * max(1.0, float(train.raw.max()))
    for name, part in (("train", train), ("validation", validation)):
        if not np.allclose(part.x * scale + mean, part.raw.reshape(part.x.shape), rtol=1e-9, atol=close):
            raise ValueError(f"{name} is not scaled by scaler")
    if not np.allclose(train.raw.reshape(train.x.shape).mean(axis=0), mean, rtol=1e-9, atol=close):
        raise ValueError("scaler is not of train")
