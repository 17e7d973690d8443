"""The data set in three parts with equal class shares, scaled by the training part alone; by scikit-learn."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from digitrack import Refused

from .samples import Samples, Scaler


class Dataset(NamedTuple):
    """The parts, and the scaling that they have had."""

    train: Samples
    validation: Samples
    test: Samples
    scaler: Scaler


def make(load: Callable[[], Any], train: float, validation: float, test: float, seed: int) -> Dataset:
    """Load, split and scale.

    `load` returns a scikit-learn Bunch with images (n, height, width) and target (n,). `train`, `validation` and
    `test` are the parts' shares, together 1. Raises Refused when `load` fails, or finds too few samples for the split.
    """
    from sklearn.preprocessing import StandardScaler

    raw, y = pixels_and_classes(load)
    flat = raw.reshape(len(raw), -1)
    drawn = draw(y, validation / (validation + train), test, seed)
    fitted = StandardScaler().fit(flat[drawn[0]])

    def part(chosen: np.ndarray) -> Samples:
        i = np.sort(chosen)
        return Samples(i, raw[i], fitted.transform(flat[i]), y[i])

    trained, validated, tested = map(part, drawn)
    return Dataset(trained, validated, tested, Scaler(fitted.mean_, fitted.scale_))


def pixels_and_classes(load: Callable[[], Any]) -> tuple[np.ndarray, np.ndarray]:
    """The images (n, height, width) and classes (n,) that `load` finds. Raises Refused when there are none."""
    try:
        bunch = load()
    except Refused:
        raise
    except Exception as error:  # a loader may read files, the network, anything
        raise Refused(f"data can't be loaded: {' '.join(str(error).split())}") from None
    try:
        return np.asarray(bunch.images, float), np.asarray(bunch.target, np.int64)
    except AttributeError:
        raise Refused("data: there are no images and target in what was loaded") from None


def draw(y: np.ndarray, of_rest: float, test: float, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The places in y (n,) of the training, validation and test samples, as drawn, with equal class shares in each.

    `test` is that part's share of all, `of_rest` the validation part's of what is left. Raises Refused when a part
    would have too few samples.
    """
    from sklearn.model_selection import train_test_split

    try:
        rest, tested = train_test_split(np.arange(len(y)), test_size=test, stratify=y, random_state=seed)
        trained, validated = train_test_split(rest, test_size=of_rest, stratify=y[rest], random_state=seed)
    except ValueError as error:
        raise Refused(f"split: {error}") from None
    return trained, validated, tested


def unscale(x: np.ndarray, scaler: Scaler) -> np.ndarray:
    """The inverse of the scaling: pixels, of the shape of x."""
    return x * scaler.scale + scaler.mean
