"""A network with one hidden layer: rows in, probabilities of the classes out. Another model: change this file."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from NAME import files

NAMES = ("mean", "scale", "W_h", "b_h", "W_o", "b_o")


class Network:
    """(x - mean) / scale -> tanh(. W_h + b_h) -> softmax(. W_o + b_o)."""

    def __init__(self, *arrays: np.ndarray) -> None:
        """The arrays in the order of NAMES; (f,), (f,), (f, h), (h,), (h, k), (k,)."""
        self.mean, self.scale, self.W_h, self.b_h, self.W_o, self.b_o = arrays

    def probabilities(self, x: np.ndarray) -> np.ndarray:
        """Of rows (n, f): (n, k)."""
        return self.forward(x)[-1]

    @np.errstate(over="ignore", invalid="ignore")  # a loss that is not finite tells of it
    def forward(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Scaled rows (n, f), hidden layer (n, h), probabilities (n, k)."""
        scaled = (x - self.mean) / self.scale
        hidden = np.tanh(scaled @ self.W_h + self.b_h)
        z = hidden @ self.W_o + self.b_o
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return scaled, hidden, e / e.sum(axis=1, keepdims=True)

    @np.errstate(over="ignore", invalid="ignore")
    def gradients(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, ...]:
        """Of the mean cross-entropy of rows (n, f) and classes (n,), with respect to W_h, b_h, W_o, b_o."""
        scaled, hidden, p = self.forward(x)
        delta_o = (p - np.eye(p.shape[1])[y]) / len(x)  # softmax and cross-entropy cancel to this
        delta_h = delta_o @ self.W_o.T * (1 - hidden**2)
        return scaled.T @ delta_h, delta_h.sum(axis=0), hidden.T @ delta_o, delta_o.sum(axis=0)

    def save(self, file: Path) -> None:
        files.write(file, **{name: getattr(self, name) for name in NAMES})

    @classmethod
    def load(cls, file: Path) -> "Network":
        """Raises Refused when the file is missing or damaged."""
        return cls(*files.read(file, *NAMES))


@np.errstate(over="ignore", invalid="ignore")
def fit(
    x: np.ndarray,
    y: np.ndarray,
    *,
    n_hidden: int,
    learning_rate: float,
    epochs: int,
    batch_size: int,
    seed: int,
    on_epoch: Callable[[int, Network], bool],
) -> Network:
    """Learn from rows (n, f) and classes (n,), by stochastic gradient descent.

    `on_epoch` hears of every epoch, from 1; where it is true, that was the last.
    """
    random, f, k = np.random.default_rng(seed), x.shape[1], y.max() + 1
    spread = x.std(axis=0)
    network = Network(
        x.mean(axis=0),
        np.where(spread > 0, spread, 1.0),  # a constant column stays as it is
        random.normal(0, 1 / np.sqrt(f), (f, n_hidden)),
        np.zeros(n_hidden),
        random.normal(0, 1 / np.sqrt(n_hidden), (n_hidden, k)),
        np.zeros(k),
    )
    weights = (network.W_h, network.b_h, network.W_o, network.b_o)
    for epoch in range(1, epochs + 1):
        order = random.permutation(len(x))
        for start in range(0, len(x), batch_size):
            batch = order[start : start + batch_size]
            for array, gradient in zip(weights, network.gradients(x[batch], y[batch]), strict=True):
                array -= learning_rate * gradient
        if on_epoch(epoch, network):
            break
    return network


def served(made: dict[str, Path]) -> Callable[[np.ndarray], np.ndarray]:
    """What MLflow serves, and calls by its name: of the file `model`, a function from rows to probabilities."""
    network = Network.load(made["model"])

    def probabilities(rows: np.ndarray) -> np.ndarray:
        if not np.isfinite(rows).all():
            raise ValueError("rows must be finite numbers")
        return network.probabilities(rows)

    return probabilities
