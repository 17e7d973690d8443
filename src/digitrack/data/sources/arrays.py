"""Load arrays X and y that numpy saved: an .npz file of both, or a folder of X.npy, which may be large, and y.npy.

Nothing pickled is loaded.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from zipfile import ZipFile

import numpy as np
from numpy.lib import format as npy

from digitrack import Refused

from ..arrays import mapped, read
from ..source import Source
from . import checks
from .classes import coded

NAMES = ("X", "y")


def load(path: str) -> Source:
    """Load X, images (n, height, width[, 3]) or rows (n, n_features), and y (n,), whole numbers or texts.

    X in a folder is memory-mapped: it is read when it is used. Raises Refused.
    """
    place = Path(path)
    with _named(path):
        x, y = (mapped(place / f"{name}.npy") for name in NAMES) if place.is_dir() else read(place, NAMES)
        classes, names = coded(np.asarray(y), "y[{}]".format)
        checks.samples(x, len(classes))
    return Source(x.view(np.uint8) if x.dtype == bool else x, classes, names)


def labels(path: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the classes (n,) and their names; of X, only the header is read."""
    place = Path(path)
    with _named(path):
        if place.is_dir():
            shape, y = mapped(place / "X.npy").shape, np.asarray(mapped(place / "y.npy"))
        else:
            shape, y = _header_and_labels(place)
        checks.shape(shape, len(y))
        return coded(y, "y[{}]".format)


def _header_and_labels(path: Path) -> tuple[tuple[int, ...], np.ndarray]:
    """Return the shape of X, and y. If that fails, `read` raises the error that says why."""
    try:
        with ZipFile(path) as file, file.open("X.npy") as x, file.open("y.npy") as y:
            return _shape(x), npy.read_array(y, allow_pickle=False)
    except Exception:  # missing, damaged, or no such arrays
        whole = read(path, NAMES)
        return whole[0].shape, whole[1]


def _shape(file: IO[bytes]) -> tuple[int, ...]:
    """Return the shape in the header of an .npy file."""
    header = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[npy.read_magic(file)]
    return header(file)[0]


@contextmanager
def _named(path: str) -> Iterator[None]:
    """Raise a check's ValueError as Refused, with the path in front. Rejects a file that is not .npz."""
    if Path(path).is_file() and Path(path).suffix != ".npz":
        raise Refused(f"{path}: it must be an .npz file, or a folder of X.npy and y.npy")
    try:
        yield
    except ValueError as error:
        raise Refused(f"{path}: {_line(error)}") from None


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
