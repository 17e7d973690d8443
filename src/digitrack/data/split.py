"""The data set in three parts with equal class shares, scaled by the training part alone; by scikit-learn."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from digitrack import Refused

from . import checks
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
    try:
        checks.scaler(fitted.mean_, fitted.scale_)
    except ValueError as error:
        raise Refused(f"data: {error}") from None

    def part(chosen: np.ndarray) -> Samples:
        i = np.sort(chosen)
        return Samples(i, raw[i], fitted.transform(flat[i]), y[i])

    trained, validated, tested = map(part, drawn)
    return Dataset(trained, validated, tested, Scaler(fitted.mean_, fitted.scale_))


def pixels_and_classes(load: Callable[[], Any]) -> tuple[np.ndarray, np.ndarray]:
    """The images (n, height, width) and classes (n,), integers from 0, that `load` finds.

    Raises Refused when there are none, or they are not what `checks` asks for.
    """
    try:
        bunch = load()
    except Refused:
        raise
    except Exception as error:  # a loader may read files, the network, anything
        raise Refused(f"data can't be loaded: {' '.join(str(error).split())}") from None
    try:
        raw, y = numbers(bunch.images, "images", 3), numbers(bunch.target, "target", 1)
        if len(raw) != len(y):
            raise ValueError(f"there are {len(raw)} images, but {len(y)} classes in target")
        checks.pixels(raw)
        checks.classes(y)
    except AttributeError:
        raise Refused("data: there are no images and target in what was loaded") from None
    except ValueError as error:
        raise Refused(f"data: {error}") from None
    return raw, y.astype(np.int64)


def numbers(values: Any, name: str, ndim: int) -> np.ndarray:
    """Values as floats of so many dimensions. Raises ValueError when they are no real numbers, or have others."""
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(f"{name}: rows differ in length") from None
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{name} must be numbers, not {array.dtype}")
    if array.ndim != ndim or not array.size:
        shape = "(n, height, width)" if ndim == 3 else "(n,)"
        raise ValueError(f"{name} must be {shape}, not {array.shape}")
    return array.astype(float)


def draw(y: np.ndarray, of_rest: float, test: float, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The places in y (n,) of the training, validation and test samples, as drawn, with equal class shares in each.

    `test` is that part's share of all, `of_rest` the validation part's of what is left. Raises Refused when a part
    would have too few samples, or none of a class.
    """
    from sklearn.model_selection import train_test_split

    try:
        rest, tested = train_test_split(np.arange(len(y)), test_size=test, stratify=y, random_state=seed)
        trained, validated = train_test_split(rest, test_size=of_rest, stratify=y[rest], random_state=seed)
    except ValueError as error:
        raise Refused(f"split: {' '.join(str(error).split())}") from None
    for part, drawn in (("train", trained), ("validation", validated), ("test", tested)):
        if len(missing := np.setdiff1d(y, y[drawn])):
            raise Refused(f"split: {part} gets no sample of class {missing[0]}: give it a larger share, or more data")
    return trained, validated, tested


def unscale(x: np.ndarray, scaler: Scaler) -> np.ndarray:
    """The inverse of the scaling: pixels, of the shape of x."""
    return x * scaler.scale + scaler.mean
