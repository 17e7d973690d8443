"""Checks of samples and of their scaling. Each raises ValueError with a message that says what is wrong."""

from collections.abc import Sequence

import numpy as np

MOST = 2**24  # the largest pixel: up to here, float32 holds every whole number
FARTHEST = 1e100  # the largest feature, of either sign: squares of larger ones may overflow float64
LEAST = 1e-100  # the smallest standard deviation


def kinds(**arrays: tuple[np.ndarray, type, int]) -> None:
    """Check that each of these arrays, by name, has the given type and number of dimensions."""
    for name, (array, dtype, ndim) in arrays.items():
        if array.dtype != dtype or array.ndim != ndim:
            raise ValueError(
                f"{name} is {array.dtype} {array.shape}: it must be {np.dtype(dtype)}, with {ndim} dimensions"
            )


def samples(ids: np.ndarray, raw: np.ndarray, y: np.ndarray, mean: np.ndarray) -> None:
    """Check that the arrays of `Samples` fit together and fit a scaler's mean, and that every class has a sample."""
    values(raw)
    n_features = int(np.prod(raw.shape[1:]))
    if not len(ids) == len(y) == len(raw) or mean.shape != (n_features,):
        raise ValueError(f"shapes don't fit: ids {ids.shape}, samples {raw.shape}, y {y.shape}, scaler {mean.shape}")
    classes(y)
    if ids.min() < 0 or len(np.unique(ids)) < len(ids):
        raise ValueError("ids must be places in the data set, from 0, without duplicates")


def values(raw: np.ndarray, names: Sequence[str] | None = None) -> None:
    """Check the pixels of images, or the features of rows, whose `names` are for the message.

    Images are grey (n, height, width) or in colour (n, height, width, 3), with pixels from 0 to MOST. Rows are
    (n, n_features), with features from -FARTHEST to FARTHEST.
    """
    if raw.dtype.kind not in "uif" or raw.dtype.itemsize > 8:
        raise ValueError(f"samples must be numbers of at most 8 bytes, not {raw.dtype}")
    if raw.ndim not in (2, 3, 4) or (raw.ndim == 4 and raw.shape[3] != 3):
        raise ValueError(
            f"samples must be (n, height, width), (n, height, width, 3) or (n, n_features), not {raw.shape}"
        )
    if not raw.size:
        raise ValueError(f"there are no samples, or nothing in them: their shape is {raw.shape}")
    least, most = np.array((-FARTHEST, FARTHEST) if raw.ndim == 2 else (0, MOST), float)  # float32 can't hold 1e100
    if least <= raw.min() and raw.max() <= most:  # false for NaN
        return
    row, *place = (int(found[0]) for found in np.nonzero(~((raw >= least) & (raw <= most))))
    if raw.ndim == 2:
        column = names[place[0]] if names else place[0] + 1
        where, rule = f"column {column}, row {row + 1}", f"values must be from {least:g} to {most:g}"
    else:
        where, rule = f"a pixel of image {row + 1}", f"pixels must be from 0 (paper) to {MOST}"
    raise ValueError(f"{where} is {raw[(row, *place)]:g}: {rule}")


def classes(y: np.ndarray) -> None:
    """Check that y (n,) has the integers from 0 to k - 1 as classes, k at least 2, and a sample of each."""
    found = np.unique(y)
    if len(found) < 2 or (found != np.arange(len(found))).any():
        listed = ", ".join(f"{k:g}" for k in found[:5]) + (", ..." if len(found) > 5 else "")
        raise ValueError(f"classes are {listed}: they must be 0 to k - 1, at least two, each with a sample")


def scaler(mean: np.ndarray, scale: np.ndarray) -> None:
    """Check that the arrays of `Scaler` fit together and are finite, and that `scale` can be divided by."""
    kinds(mean=(mean, np.float64, 1), scale=(scale, np.float64, 1))
    if not mean.size or mean.shape != scale.shape:
        raise ValueError(f"shapes don't fit: mean {mean.shape}, scale {scale.shape}")
    if not (np.isfinite(mean).all() and np.isfinite(scale).all() and (scale >= LEAST).all()):
        raise ValueError(
            f"mean must be finite, scale finite and at least {LEAST:g}: a feature that varies must vary by more"
        )
