"""The committed settings and data, as the experiments use them."""

from functools import cache
from typing import Any

import numpy as np

from digitrack.data import split
from digitrack.neural_net import NeuralNet, one_hot
from pipeline.objects import source
from pipeline.settings import Settings
from tracked import load_settings

N_CLASSES = 10


@cache
def settings() -> Settings:
    return load_settings()


@cache
def dataset(seed: int) -> split.Dataset:
    """The parts as the stage `split` makes them with this seed."""
    own, shares = settings(), settings().split
    return split.make(source(own.data), shares.train, shares.validation, shares.test, seed, shares.scaling)


def numpy_net(seed: int, stddev: float | None = None, dtype: type = np.float64) -> NeuralNet:
    """The numpy network before training; `stddev` in the place of the committed one."""
    own = settings().train_numpy
    spread = own.kernel_initializer.stddev if stddev is None else stddev
    return NeuralNet(64, own.n_hidden, N_CLASSES, initializer="normal", stddev=spread, seed=seed, dtype=dtype)


def training(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """x (n, 64), scaled, and one-hot y (n, 10) of the training part."""
    train = dataset(seed).train
    return train.x[:], one_hot(train.y, N_CLASSES)


def orders(n: int, epochs: int, seed: int) -> np.ndarray:
    """The order of the samples over several epochs, in one row."""
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.permutation(n) for _ in range(epochs)])


def six(values: np.ndarray | float) -> Any:
    """At six significant digits, ready for JSON."""
    array = np.asarray(values, float)
    if array.ndim == 0:
        return float(f"{float(array):.6g}")
    return [six(value) for value in array]
