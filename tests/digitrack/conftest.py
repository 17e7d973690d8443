"""What several tests work on."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from digitrack.data import samples, split
from digitrack.data.scaled import Scaled, Scaler
from digitrack.data.sources.bunch import source


@pytest.fixture(scope="session")
def digits() -> split.Dataset:
    """The digits as the project splits them."""
    return split.make(source(load_digits()), train=0.6, validation=0.2, test=0.2, seed=0)


@pytest.fixture
def three() -> samples.Samples:
    """Three samples, of the classes 2, 0 and 1."""
    raw = np.arange(3 * 64, dtype=np.uint8).reshape(3, 8, 8)
    x = Scaled(raw, Scaler(raw.reshape(3, 64).mean(axis=0), np.full(64, 2.0)))
    return samples.Samples(np.array([7, 3, 9]), raw, x, np.array([2, 0, 1]))


class AsNeeded:
    """Rows of an array that are read at some places, or at a slice; the most at a time are counted."""

    def __init__(self, array: np.ndarray) -> None:
        self._array, self.shape, self.largest = array, array.shape, 0

    def __len__(self) -> int:
        return len(self._array)

    def __getitem__(self, places: slice | np.ndarray) -> np.ndarray:
        assert isinstance(places, (slice, np.ndarray))  # nobody goes through it a row at a time
        rows = self._array[places].astype(float)
        self.largest = max(self.largest, len(rows))
        return rows


@pytest.fixture
def as_needed() -> type[AsNeeded]:
    """Makes of an array an object that is none."""
    return AsNeeded
