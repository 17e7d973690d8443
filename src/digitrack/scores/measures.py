"""Metrics of predictions: loss, accuracy and its interval, confusion matrix, metrics by class."""

import math

import numpy as np


def loss_and_accuracy(logits: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Return the mean cross-entropy and the accuracy of logits (n, n_classes) for true classes (n,).

    It takes logits, because probabilities of networks that are wrong and sure round to 0, which would limit the loss.
    """
    of_truth = log_probabilities(logits)[np.arange(len(y)), y]
    return float(-of_truth.mean() + 0.0), float((logits.argmax(-1) == y).mean())  # + 0.0 turns -0 into 0


@np.errstate(invalid="ignore")  # infinite logits, from a training that diverged, become NaN
def log_probabilities(logits: np.ndarray) -> np.ndarray:
    """Return log(softmax(logits)), the logarithms of the probabilities: (n, n_classes)."""
    z = logits.astype(float)
    z -= z.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


def wilson_interval(right: int, n: int, z: float = 1.959964) -> tuple[float, float]:
    """Return the 95 % interval of a share, `right` of `n` (Wilson 1927, J. Am. Stat. Assoc. 22, 209)."""
    p, z2 = right / n, z * z
    centre = p + z2 / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return (centre - half) / (1 + z2 / n), (centre + half) / (1 + z2 / n)


def confusion(y: np.ndarray, predicted: np.ndarray, n_classes: int) -> np.ndarray:
    """Return the counts (n_classes, n_classes) of predicted classes (n,), one row per true class."""
    counts = np.zeros((n_classes, n_classes), int)
    np.add.at(counts, (y, predicted), 1)
    return counts


def by_class(counts: np.ndarray) -> list[dict[str, float]]:
    """Return precision, recall, F1 and support of each class, from the counts that `confusion` returns.

    As in scikit-learn, they are 0 for a class that was never predicted, or has no sample. Importing scikit-learn itself
    would take longer than the rest of an evaluation.
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
    """Round to six significant digits; in later digits, processors may differ."""
    return float(f"{value:.6g}")
