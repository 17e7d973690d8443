"""Figures of predictions: loss, accuracy and its interval, and what each class is taken for."""

import math

import numpy as np

EPSILON = 1e-10  # keeps the logarithm of a probability of zero finite


def loss_and_accuracy(probabilities: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Mean cross-entropy and share of right answers of (n, n_classes) probabilities for (n,) classes."""
    of_truth = probabilities[np.arange(len(y)), y].astype(float)
    return float(-np.log(of_truth + EPSILON).mean()), float((probabilities.argmax(-1) == y).mean())


def wilson_interval(right: int, n: int, z: float = 1.959964) -> tuple[float, float]:
    """95 % interval of a share, from `right` of `n` (Wilson 1927)."""
    p, z2 = right / n, z * z
    centre = p + z2 / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return (centre - half) / (1 + z2 / n), (centre + half) / (1 + z2 / n)


def confusion(y: np.ndarray, predicted: np.ndarray, n_classes: int) -> np.ndarray:
    """Counts (n_classes, n_classes) of (n,) predicted classes, the true class by row."""
    counts = np.zeros((n_classes, n_classes), int)
    np.add.at(counts, (y, predicted), 1)
    return counts


def by_class(counts: np.ndarray) -> list[dict[str, float]]:
    """Precision, recall, F1 and support of each class, from the counts that `confusion` gives.

    0 where nothing was predicted or nothing is there, as in scikit-learn, whose import would take longer
    than all the rest of an evaluation.
    """
    right, predicted, support = counts.diagonal(), counts.sum(axis=0), counts.sum(axis=1)
    columns = {
        "precision": right / np.maximum(predicted, 1),
        "recall": right / np.maximum(support, 1),
        "f1": 2 * right / np.maximum(predicted + support, 1),
        "support": support,
    }
    return [{"class": k} | {name: round(float(v[k]), 6) for name, v in columns.items()} for k in range(len(right))]


def six_digits(value: float) -> float:
    """To six significant digits, which another processor computes alike; the digits behind them it may not."""
    return float(f"{value:.6g}")
