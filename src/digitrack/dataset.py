"""The data set, split and scaled by scikit-learn."""

from typing import Any, NamedTuple

import numpy as np
from hydra.utils import instantiate
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from digitrack import config
from digitrack.arrays import Samples, Scaler
from digitrack.errors import UserError


class Dataset(NamedTuple):
    train: Samples
    validation: Samples
    test: Samples
    scaler: Scaler


def make(data: dict[str, Any], shares: config.Split, seed: int) -> Dataset:
    """Load, split with equal class shares in each part, and scale by the training part alone.

    Raises UserError when the data can't be loaded or are too few for the split.
    """
    try:
        bunch = instantiate(data)
    except Exception as error:
        raise UserError(f"data: {data.get('_target_')} can't be loaded: {str(error).splitlines()[0]}") from None
    raw, y = np.asarray(bunch.images, float), np.asarray(bunch.target, np.int64)
    try:
        rest, test = train_test_split(np.arange(len(y)), test_size=shares.test, stratify=y, random_state=seed)
        share = shares.validation / (shares.validation + shares.train)
        train, validation = train_test_split(rest, test_size=share, stratify=y[rest], random_state=seed)
    except ValueError as error:
        raise UserError(f"split: {error}") from None
    flat = raw.reshape(len(raw), -1)
    fitted = StandardScaler().fit(flat[train])

    def part(chosen: np.ndarray) -> Samples:
        i = np.sort(chosen)
        return Samples(i, raw[i], fitted.transform(flat[i]), y[i])

    return Dataset(part(train), part(validation), part(test), Scaler(fitted.mean_, fitted.scale_))


def unscale(x: np.ndarray, scaler: Scaler) -> np.ndarray:
    """The inverse of the scaling: pixels, of the shape of x."""
    return x * scaler.scale + scaler.mean
