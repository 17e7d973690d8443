"""What scikit-learn's loaders return."""

from typing import Any

import numpy as np

from digitrack import Refused

from .. import checks
from ..source import Source


def source(bunch: Any) -> Source:
    """The images of a Bunch, or its rows, with the names that it gives.

    Raises Refused when there are none, or they are no numbers.
    """
    try:
        images, target = bunch["images"] if "images" in bunch else bunch["data"], bunch["target"]
        x, y = numbers(images, "images" if "images" in bunch else "data"), numbers(target, "target")
        if y.ndim != 1:
            raise ValueError(f"target must be (n,), not {y.shape}")
        checks.classes(y)
    except (KeyError, TypeError):
        raise Refused("data: there are no images or data, and target, in what was loaded") from None
    except ValueError as error:
        raise Refused(f"data: {error}") from None
    classes = y.astype(np.int64)
    k = int(classes.max()) + 1
    names = [str(name) for name in bunch.get("target_names", range(k))][:k]  # load_digits(n_class=3) still names ten
    features = tuple(map(str, bunch["feature_names"])) if x.ndim == 2 and "feature_names" in bunch else None
    return Source(x, classes, tuple(names), features)


def numbers(values: Any, name: str) -> np.ndarray:
    """Values as an array. Raises ValueError when they are no real numbers."""
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(f"{name}: rows differ in length") from None
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{name} must be numbers, not {array.dtype}")
    return array.astype(np.uint8) if array.dtype.kind == "b" else array
