"""How good probabilities are."""

import numpy as np

EPSILON = 1e-10  # keeps the logarithm of a probability of zero finite


def loss_and_accuracy(probabilities: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Mean cross-entropy and share of right answers of (n, k) probabilities for (n,) classes, to six digits.

    The digits behind them another processor may compute differently.
    """
    of_truth = probabilities[np.arange(len(y)), y]
    loss, accuracy = -np.log(of_truth + EPSILON).mean(), (probabilities.argmax(axis=1) == y).mean()
    return float(f"{loss:.6g}"), float(f"{accuracy:.6g}")


def confusion(probabilities: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Counts (k, k) of what each class, by row, is taken for."""
    counts = np.zeros((probabilities.shape[1],) * 2, int)
    np.add.at(counts, (y, probabilities.argmax(axis=1)), 1)
    return counts
