"""The description of a data set's samples, in a file beside them and in every model: data/about.json."""

import json
import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from digitrack import Refused

from .checks import MOST

MOST_FEATURES = 2**24  # in one sample: 128 MiB as floats


class SampleInfo(NamedTuple):
    """The shape of the samples that a model takes, and the names of its features and classes."""

    shape: tuple[int, ...]  # of one sample: (height, width), (height, width, 3) or (n_features,)
    class_names: tuple[str, ...]  # one per class
    feature_names: tuple[str, ...] | None = None  # one per column of a table; None if there are none
    largest: float | None = None  # the largest training pixel of images; None for rows

    @property
    def images(self) -> bool:
        """Whether a sample is a picture."""
        return len(self.shape) > 1

    @property
    def n_features(self) -> int:
        """The number of values in a sample."""
        return math.prod(self.shape)

    def checked(self, rows: Any) -> np.ndarray:
        """Return rows as floats (n, n_features). Raises ValueError for a wrong shape, type or value."""
        what = "pixels" if self.images else "features"
        try:
            numbers = np.asarray(rows, float)
        except (TypeError, ValueError):
            raise ValueError(f"{what} must be numbers, in rows of {self.n_features}") from None
        if numbers.ndim != 2 or numbers.shape[1] != self.n_features:
            raise ValueError(f"{what} must be (n, {self.n_features}), one row per sample, not {numbers.shape}")
        if self.largest is not None:
            wrong = ~((numbers >= 0) & (numbers <= self.largest))  # true for NaN
            if wrong.any():
                raise ValueError(f"a pixel is {numbers[wrong][0]:g}: pixels must be from 0 to {self.largest:g}")
        elif not np.isfinite(numbers).all():
            raise ValueError(f"a feature is {numbers[~np.isfinite(numbers)][0]:g}: features must be finite")
        return numbers


def write_sample_info(path: Path, info: SampleInfo) -> None:
    """Write the description, and create its folder. Equal descriptions give equal bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(info._asdict(), ensure_ascii=False) + "\n", encoding="utf-8")


def read_sample_info(path: Path) -> SampleInfo:
    """Read what `write_sample_info` wrote. Raises Refused when the file is missing, damaged or not valid."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise Refused(f"{path} is missing") from None
    except OSError as error:
        raise Refused(f"{path} can't be read: {error.strerror}") from None
    return parsed(content, str(path))


def parsed(content: bytes, name: str) -> SampleInfo:
    """Return the description in a file's content. Raises Refused, calling the file `name`, when it is not valid."""
    try:
        fields = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Refused(f"{name} is damaged ({error})") from None
    try:
        return _sample_info(fields)
    except ValueError as error:
        raise Refused(f"{name} is not valid: {error}") from None


def _sample_info(fields: Any) -> SampleInfo:
    if not isinstance(fields, dict) or set(fields) != set(SampleInfo._fields):
        raise ValueError(f"it must have {', '.join(SampleInfo._fields)}, and nothing else")
    shape, largest = fields["shape"], fields["largest"]
    if not (isinstance(shape, list) and 1 <= len(shape) <= 3 and all(type(n) is int and n > 0 for n in shape)):
        raise ValueError("shape must be [h, w], [h, w, 3] or [n_features]")
    if math.prod(shape) > MOST_FEATURES or shape[2:] not in ([], [3]):
        raise ValueError(f"shape must be [h, w], [h, w, 3] or [n_features], of {MOST_FEATURES} numbers at most")
    classes, features = _names(fields, "class_names"), fields["feature_names"]
    if len(classes) < 2:
        raise ValueError("there must be two or more class_names")
    if features is not None and len(features := _names(fields, "feature_names")) != math.prod(shape):
        raise ValueError(f"feature_names must be {math.prod(shape)}, one per number of a sample, not {len(features)}")
    if len(shape) == 1:
        if largest is not None:
            raise ValueError("largest must be null, as the samples are not images")
    elif type(largest) is not float or not 0 <= largest <= MOST:  # false for NaN too
        raise ValueError(f"largest must be a number from 0 to {MOST}")
    return SampleInfo(tuple(shape), classes, features, largest)


def _names(fields: dict[str, Any], key: str) -> tuple[str, ...]:
    names = fields[key]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"{key} must be a list of texts")
    if len(set(names)) != len(names):
        raise ValueError(f"{key} must differ from each other")
    return tuple(names)
