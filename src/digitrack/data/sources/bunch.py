"""Make a Source of what other loaders return: a Bunch of scikit-learn, a pair (X, y), or a Source."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from digitrack import Refused

from .. import checks
from ..source import Source
from .checks import samples
from .classes import coded


def any_source(loaded: Any, name: str) -> Source:
    """Return the data set that the loader `name` returned. Raises Refused when it is not one."""
    if isinstance(loaded, Source):
        x, y, names = loaded[:3]
        if not isinstance(x, np.ndarray) or not isinstance(y, np.ndarray) or y.dtype.kind not in "iu":
            raise Refused(f"data: {name} returns a Source whose x or y is no array, or whose y has no integers")
        if y.size and len(names) != y.max() + 1:
            raise Refused(f"data: {name} returns a Source with {len(names)} names for {y.max() + 1} classes")
        return loaded
    if isinstance(loaded, Mapping):
        return source(loaded)
    if not isinstance(loaded, (tuple, list)) or len(loaded) != 2:
        kind = type(loaded)
        raise Refused(
            f"data: {name} returns {kind.__module__}.{kind.__qualname__}: it must be a Bunch of scikit-learn, a pair "
            "(X, y), or a digitrack.data.source.Source"
        )
    try:
        x, (y, names) = numbers(loaded[0], "X"), coded(loaded[1], "y[{}]".format)
        samples(x, len(y))
    except ValueError as error:
        raise Refused(f"data: {' '.join(str(error).split())}") from None
    return Source(x, y, names)


def source(bunch: Any) -> Source:
    """Return the images of a Bunch, or its rows, with the names in it.

    Raises Refused when it has neither, or they are not numbers.
    """
    try:
        images, target = bunch["images"] if "images" in bunch else bunch["data"], bunch["target"]
        x = numbers(images, "images" if "images" in bunch else "data")
        features = tuple(map(str, bunch["feature_names"])) if x.ndim == 2 and "feature_names" in bunch else None
        if np.asarray(target).dtype.kind in "OUT":
            return Source(x, *coded(target), features)
        y = numbers(target, "target")
        if y.ndim != 1:
            raise ValueError(f"target must be (n,), not {y.shape}")
        checks.classes(y)
    except (KeyError, TypeError):
        raise Refused("data: the loaded Bunch must have images or data, and target") from None
    except ValueError as error:
        raise Refused(f"data: {error}") from None
    classes = y.astype(np.int64)
    k = int(classes.max()) + 1
    names = [str(name) for name in bunch.get("target_names", range(k))][:k]  # load_digits(n_class=3) still names ten
    return Source(x, classes, tuple(names), features)


def numbers(values: Any, name: str) -> np.ndarray:
    """Return values as an array. Raises ValueError when they are not real numbers."""
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(f"{name}: rows differ in length") from None
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{name} must be numbers, not {array.dtype}")
    return array.astype(np.uint8) if array.dtype.kind == "b" else array
