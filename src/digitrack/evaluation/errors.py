"""What a network does with samples that it has not seen: figures, and every mistake."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from digitrack.data.samples import Samples
from digitrack.scores.measures import by_class, confusion, loss_and_accuracy, six_digits, wilson_interval


class Tested(NamedTuple):
    """A network's result on n samples. Rows are dictionaries that `tables.write` takes."""

    figures: dict[str, float]  # test_accuracy, its 95 % interval as test_accuracy_low and _high, test_loss
    confusion: np.ndarray  # (n_classes, n_classes), counts, the true class by row
    by_class: list[dict[str, Any]]  # class, precision, recall, f1, support
    errors: list[dict[str, Any]]  # index, true, predicted, probability of each mistake, the most confident first
    wrong: np.ndarray  # (len(errors),), the places of the mistakes in the samples, in the same order
    pairs: list[dict[str, str]]  # actual, predicted of each of the n samples, of which DVC draws the confusion


def test(probabilities: np.ndarray, samples: Samples, names: Sequence) -> Tested:
    """Compare probabilities (n, n_classes) with the truth; rows call the classes by their names.

    Figures have six significant digits and probabilities four decimals, and mistakes are sorted by what is left after
    that, equal ones by their place, so that processors which differ in the last bits agree on every row.
    """
    predicted = probabilities.argmax(-1)
    confidence = probabilities.max(-1).astype(float).round(4)
    wrong = np.flatnonzero(predicted != samples.y)
    wrong = wrong[np.argsort(-confidence[wrong], kind="stable")]
    counts = confusion(samples.y, predicted, probabilities.shape[1])
    ids, true, told = samples.ids.tolist(), named(samples.y, names), named(predicted, names)
    errors = [
        {"index": ids[i], "true": true[i], "predicted": told[i], "probability": float(confidence[i])} for i in wrong
    ]
    pairs = [{"actual": a, "predicted": p} for a, p in zip(true, told, strict=True)]
    rows = [row | {"class": name} for row, name in zip(by_class(counts), names, strict=True)]
    return Tested(figures(probabilities, samples.y), counts, rows, errors, wrong, pairs)


def named(classes: np.ndarray, names: Sequence) -> list:
    """The names of (n,) classes."""
    return [names[k] for k in classes.tolist()]


def figures(probabilities: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """Accuracy, its 95 % interval, and loss, of (n, n_classes) probabilities for (n,) classes."""
    loss, accuracy = loss_and_accuracy(probabilities, y)
    low, high = wilson_interval(int((probabilities.argmax(-1) == y).sum()), len(y))
    exact = {"test_accuracy": accuracy, "test_accuracy_low": low, "test_accuracy_high": high, "test_loss": loss}
    return {name: six_digits(value) for name, value in exact.items()}


def wrong_by_all(results: Iterable[Tested], samples: Samples, names: Sequence) -> list[dict[str, Any]]:
    """The index and true class, by name, of each sample that every network got wrong, in the samples' order."""
    places = set.intersection(*(set(result.wrong.tolist()) for result in results))
    return [{"index": int(samples.ids[i]), "true": names[samples.y[i]]} for i in sorted(places)]
