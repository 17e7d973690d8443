"""What several tests work on."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from digitrack.data import samples, split


@pytest.fixture(scope="session")
def digits() -> split.Dataset:
    """The digits as the project splits them."""
    return split.make(load_digits, train=0.6, validation=0.2, test=0.2, seed=0)


@pytest.fixture
def three() -> samples.Samples:
    """Three samples, of the classes 2, 0 and 1."""
    return samples.Samples(np.array([7, 3, 9]), np.ones((3, 8, 8)), np.zeros((3, 64)), np.array([2, 0, 1]))
