"""Test a network on samples that it has not seen: metrics, and every mistake."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from digitrack.data.samples import Samples
from digitrack.scores.measures import (
    by_class,
    confusion,
    log_probabilities,
    loss_and_accuracy,
    six_digits,
    wilson_interval,
)

NO_TAG = "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}"  # for <, as DVC does not escape its plots


class Tested(NamedTuple):
    """A network's result on n samples. Rows are dictionaries that `tables.write` takes."""

    metrics: dict[str, float]  # test_accuracy, its 95 % interval as test_accuracy_low and _high, test_loss
    confusion: np.ndarray  # (n_classes, n_classes), counts, the true class by row
    by_class: list[dict[str, Any]]  # class, precision, recall, f1, support
    errors: list[dict[str, Any]]  # index, true, predicted, probability of each mistake, the most confident first
    wrong: np.ndarray  # (len(errors),), the places of the mistakes in the samples, in the same order
    pairs: list[dict[str, str]]  # actual, predicted of each of the n samples, for DVC's confusion matrix


def test(logits: np.ndarray, samples: Samples, names: Sequence) -> Tested:
    """Compare logits (n, n_classes) with the true classes; rows have the classes' names.

    Metrics have six significant digits, probabilities four decimals. Mistakes are sorted by the rounded probability,
    equal ones by their place, so that processors which differ in the last bits agree on every row.
    """
    predicted = logits.argmax(-1)
    confidence = np.exp(log_probabilities(logits).max(-1)).round(4)
    wrong = np.flatnonzero(predicted != samples.y)
    wrong = wrong[np.argsort(-confidence[wrong], kind="stable")]
    counts = confusion(samples.y, predicted, logits.shape[1])
    ids, true, answers = samples.ids.tolist(), named(samples.y, names), named(predicted, names)
    errors = [
        {"index": ids[i], "true": true[i], "predicted": answers[i], "probability": float(confidence[i])} for i in wrong
    ]
    no_tag = {name: str(name).replace("<", NO_TAG) for name in names}
    pairs = [{"actual": no_tag[a], "predicted": no_tag[p]} for a, p in zip(true, answers, strict=True)]
    rows = [row | {"class": name} for row, name in zip(by_class(counts), names, strict=True)]
    return Tested(metrics(logits, samples.y), counts, rows, errors, wrong, pairs)


def named(classes: np.ndarray, names: Sequence) -> list:
    """Return the names of classes (n,)."""
    return [names[k] for k in classes.tolist()]


def metrics(logits: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """Return accuracy, its 95 % interval, and loss of logits (n, n_classes) for true classes (n,)."""
    loss, accuracy = loss_and_accuracy(logits, y)
    low, high = wilson_interval(int((logits.argmax(-1) == y).sum()), len(y))
    exact = {"test_accuracy": accuracy, "test_accuracy_low": low, "test_accuracy_high": high, "test_loss": loss}
    return {name: six_digits(value) for name, value in exact.items()}


def wrong_by_all(results: Iterable[Tested], samples: Samples, names: Sequence) -> list[dict[str, Any]]:
    """Return index and true class, by name, of each sample that every network got wrong, in the samples' order."""
    places = set.intersection(*(set(result.wrong.tolist()) for result in results))
    return [{"index": int(samples.ids[i]), "true": names[samples.y[i]]} for i in sorted(places)]
