"""Samples of the data set, and the scaling that they have had, as .npz files."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from digitrack import Refused

from . import checks
from .arrays import read


class Samples(NamedTuple):
    """Some of the data set's samples."""

    ids: np.ndarray  # (n,), the sample's place in the data set
    raw: np.ndarray  # (n, height, width), pixels as they came
    x: np.ndarray  # (n, height * width), scaled
    y: np.ndarray  # (n,), classes as integers from 0


class Scaler(NamedTuple):
    """The two arrays of a fitted StandardScaler, each of shape (n_features,)."""

    mean: np.ndarray
    scale: np.ndarray


def save(path: Path, arrays: Samples | Scaler) -> None:
    """Write the arrays under their names, and make the folder. Equal arrays give equal bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, allow_pickle=False, **arrays._asdict())


def read_samples(path: Path) -> Samples:
    """Samples as saved. Raises Refused when the file is missing, damaged or holds something else."""
    found = Samples(*read(path, Samples._fields))
    with _named(path):
        checks.samples(*found)
    return found


def read_scaler(path: Path) -> Scaler:
    """A scaler as saved. Raises Refused when the file is missing, damaged or holds something else."""
    found = Scaler(*read(path, Scaler._fields))
    with _named(path):
        checks.scaler(*found)
    return found


def belong_together(train: Samples, validation: Samples, scaler: Scaler, folder: Path) -> None:
    """Raises Refused, naming their files in `folder`, when the parts are not of one data set, scaled by `train`."""
    try:
        checks.parts(train, validation, *scaler)
    except ValueError as error:
        files = ", ".join(str(folder / f"{name}.npz") for name in ("train", "validation", "scaler"))
        raise Refused(f"{files} don't belong together: {error}") from None


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Names the file in what a check finds."""
    try:
        yield
    except ValueError as error:
        raise Refused(f"{path} is not what it should be: {error}") from None
