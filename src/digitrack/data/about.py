"""What the samples of a data set are, as a file that goes with them and with every model: data/about.json."""

import json
import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from digitrack import Refused

from .checks import MOST

MOST_FEATURES = 2**24  # of one sample: 128 MiB as floats


class About(NamedTuple):
    """What a model takes, and what its answers are called."""

    shape: tuple[int, ...]  # of one sample: (height, width), (height, width, 3) or (n_features,)
    class_names: tuple[str, ...]  # k
    feature_names: tuple[str, ...] | None = None  # n_features, of rows; None for images, or if they have none
    largest: float | None = None  # the largest training pixel of images; None for rows

    @property
    def images(self) -> bool:
        """Whether a sample is a picture."""
        return len(self.shape) > 1

    @property
    def n_features(self) -> int:
        """How many numbers a sample is."""
        return math.prod(self.shape)

    def checked(self, rows: Any) -> np.ndarray:
        """Rows as floats (n, n_features). Raises ValueError that says what is wrong: shape, type, or value."""
        what = "pixels" if self.images else "features"
        try:
            numbers = np.asarray(rows, float)
        except (TypeError, ValueError):
            raise ValueError(f"{what} must be numbers, in rows of {self.n_features}") from None
        if numbers.ndim != 2 or numbers.shape[1] != self.n_features:
            raise ValueError(f"{what} must be (n, {self.n_features}), a row a sample, not {numbers.shape}")
        if self.largest is not None:
            wrong = ~((numbers >= 0) & (numbers <= self.largest))  # NaN is neither
            if wrong.any():
                raise ValueError(f"a pixel is {numbers[wrong][0]:g}: pixels must be from 0 to {self.largest:g}")
        elif not np.isfinite(numbers).all():
            raise ValueError(f"a feature is {numbers[~np.isfinite(numbers)][0]:g}: features must be finite")
        return numbers


def write_about(path: Path, about: About) -> None:
    """Write it, and make the folder. Equal ones give equal bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(about._asdict(), ensure_ascii=False) + "\n", encoding="utf-8")


def read_about(path: Path) -> About:
    """It, as written. Raises Refused when the file is missing, damaged or says something else."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise Refused(f"{path} is missing") from None
    except OSError as error:
        raise Refused(f"{path} can't be read: {error.strerror}") from None
    return parsed(content, str(path))


def parsed(content: bytes, name: str) -> About:
    """What the content of such a file says. Raises Refused, which calls the file `name`, when it is none."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Refused(f"{name} is damaged ({error})") from None
    try:
        return _about(told)
    except ValueError as error:
        raise Refused(f"{name} is not what it should be: {error}") from None


def _about(told: Any) -> About:
    if not isinstance(told, dict) or set(told) != set(About._fields):
        raise ValueError(f"it must say {', '.join(About._fields)}")
    shape, largest = told["shape"], told["largest"]
    if not (isinstance(shape, list) and 1 <= len(shape) <= 3 and all(type(n) is int and n > 0 for n in shape)):
        raise ValueError("shape must be [h, w], [h, w, 3] or [n_features]")
    if math.prod(shape) > MOST_FEATURES or shape[2:] not in ([], [3]):
        raise ValueError(f"shape must be [h, w], [h, w, 3] or [n_features], of {MOST_FEATURES} numbers at most")
    classes, features = _names(told, "class_names"), told["feature_names"]
    if len(classes) < 2:
        raise ValueError("class_names must be two or more")
    if features is not None and len(features := _names(told, "feature_names")) != math.prod(shape):
        raise ValueError(f"feature_names are {len(features)}, but a sample has {math.prod(shape)} numbers")
    if len(shape) == 1:
        if largest is not None:
            raise ValueError("largest must be null, as these are no images")
    elif type(largest) is not float or not 0 <= largest <= MOST:  # false for NaN too
        raise ValueError(f"largest must be a number from 0 to {MOST}")
    return About(tuple(shape), classes, features, largest)


def _names(told: dict[str, Any], key: str) -> tuple[str, ...]:
    names = told[key]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"{key} must be a list of texts")
    if len(set(names)) != len(names):
        raise ValueError(f"{key} must differ from each other")
    return tuple(names)
