"""What several tests work on."""

from dataclasses import dataclass, field

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


@dataclass
class Row:
    """A job of a sweep, as its pictures get it."""

    values: dict[str, str]
    objective: float = 0.5
    metrics: dict[str, float] = field(default_factory=dict)
    curves: dict[str, list[float]] = field(default_factory=dict)


class Sweep:
    """Makes jobs, no two with the same figures."""

    def __init__(self) -> None:
        self._random = np.random.default_rng(0)

    def __call__(self, values: dict[str, str], diverged: bool = False, networks: tuple[str, ...] = ()) -> Row:
        loss = self._random.uniform(0.1, 2)
        if networks:
            metrics = {f"{network}.test_loss": loss + i for i, network in enumerate(networks)}
            metrics |= {f"{network}.test_accuracy": 0.9 - loss / 5 for network in networks}
            metrics |= {f"{name}_low": value - 0.01 for name, value in metrics.items() if "accuracy" in name}
            return Row(values, loss, {**metrics, "val_loss": loss, "val_accuracy": 1 - loss / 4})
        if diverged:
            kept = {"train_loss": [2.5, 80, 1.8e308], "val_loss": [2.6, 90, 1.8e308]}
            return Row(values, np.inf, {"train_loss": 1.8e308, "val_loss": 1.8e308, "val_accuracy": 0.1}, kept)
        metrics = {"train_loss": loss / 2, "val_loss": loss}
        metrics |= {"train_accuracy": 1 - loss / 5, "val_accuracy": 1 - loss / 4}
        curves = {name: [value + 1, value + 0.1, value] for name, value in metrics.items() if "loss" in name}
        return Row(values, loss, metrics, curves)


@pytest.fixture
def job() -> Sweep:
    """Makes a job of a sweep, by the values of its keys."""
    return Sweep()
