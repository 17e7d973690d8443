"""How good predictions are; the same figures for every network."""

import json
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np


def loss_and_accuracy(probabilities: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Mean cross-entropy and share of right answers of (n, n_classes) probabilities for (n,) classes."""
    of_truth = probabilities[np.arange(len(y)), y].astype(float)
    return float(-np.log(of_truth + 1e-10).mean()), float((probabilities.argmax(-1) == y).mean())


def wilson_interval(right: int, n: int, z: float = 1.959964) -> tuple[float, float]:
    """95 % interval of a share, from `right` of `n` (Wilson 1927)."""
    p, z2 = right / n, z * z
    centre = p + z2 / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return (centre - half) / (1 + z2 / n), (centre + half) / (1 + z2 / n)


def by_class(confusion: np.ndarray) -> list[dict[str, float]]:
    """Precision, recall and F1 of each class, from counts (n_classes, n_classes) with the true class by row.

    0 where nothing was predicted or nothing is there, as in scikit-learn, whose import would take longer
    than `evaluate` itself.
    """
    right, predicted, support = confusion.diagonal(), confusion.sum(axis=0), confusion.sum(axis=1)
    precision, recall = right / np.maximum(predicted, 1), right / np.maximum(support, 1)
    f1 = 2 * right / np.maximum(predicted + support, 1)
    columns = {"precision": precision, "recall": recall, "f1": f1, "support": support}
    return [{"class": k} | {name: round(float(v[k]), 6) for name, v in columns.items()} for k in range(len(right))]


def best(figures: Mapping[str, Mapping[str, float]]) -> str:
    """The one with the best `val_accuracy`; of equals, the one with the lowest `val_loss`."""
    return max(figures, key=lambda k: (figures[k]["val_accuracy"], -np.nan_to_num(figures[k]["val_loss"], nan=np.inf)))


class Curves:
    """Loss and accuracy on training and validation data, an epoch a row."""

    NAMES = ("train_loss", "train_accuracy", "val_loss", "val_accuracy")

    def __init__(self) -> None:
        self.rows: list[tuple[float, ...]] = []

    def add(self, *parts: tuple[np.ndarray, np.ndarray]) -> dict[str, float]:
        """Append an epoch from (probabilities, classes) of the training and of the validation part."""
        self.rows.append(tuple(value for part in parts for value in loss_and_accuracy(*part)))
        return self.last()

    def last(self) -> dict[str, float]:
        return dict(zip(self.NAMES, self.rows[-1], strict=True))

    def diverged(self) -> bool:
        """Whether a loss has become NaN or infinite: then there is no way back."""
        return not math.isfinite(self.last()["train_loss"] + self.last()["val_loss"])

    def objective(self) -> float:
        """The last validation loss, infinite if the training diverged."""
        return math.inf if self.diverged() else self.last()["val_loss"]

    def write(self, folder: Path) -> None:
        """Write curves.csv, and the last epoch as metrics.json."""
        folder.mkdir(parents=True, exist_ok=True)
        lines = [f"{epoch},{','.join(f'{v:.6g}' for v in row)}" for epoch, row in enumerate(self.rows, 1)]
        (folder / "curves.csv").write_text("\n".join([",".join(("epoch", *self.NAMES)), *lines, ""]))
        rounded = {name: float(f"{value:.6g}") for name, value in self.last().items()}
        (folder / "metrics.json").write_text(json.dumps(rounded, indent=2) + "\n")

    @staticmethod
    def read(folder: Path) -> np.ndarray:
        """The table in curves.csv, with named columns."""
        return np.atleast_1d(np.genfromtxt(folder / "curves.csv", delimiter=",", names=True))
