"""The module digitrack.evaluation.errors."""

import numpy as np
import pytest

from digitrack.data.samples import Samples
from digitrack.data.scaled import Scaled, Scaler
from digitrack.evaluation import errors

NAMES = ("a", "b", "c")


def of_classes(y):
    """Samples of these classes, with ids from 100."""
    raw = np.zeros((len(y), 8, 8))
    return Samples(np.arange(100, 100 + len(y)), raw, Scaled(raw, Scaler(np.zeros(64), np.ones(64))), np.array(y))


def test_a_result_by_hand():
    y = np.array([[0.7, 0.2, 0.1], [0.6, 0.3, 0.1], [0.05, 0.05, 0.9], [0.2, 0.5, 0.3]])
    result = errors.test(np.log(y), of_classes([0, 1, 1, 1]), NAMES)
    assert result.metrics["test_accuracy"] == 0.5
    assert result.metrics["test_loss"] == pytest.approx(-np.log([0.7, 0.3, 0.05, 0.5]).mean(), rel=1e-5)
    assert result.metrics["test_accuracy_low"] < 0.5 < result.metrics["test_accuracy_high"]
    assert result.confusion.tolist() == [[1, 0, 0], [1, 1, 1], [0, 0, 0]]
    assert result.by_class[1] == {"class": "b", "precision": 1.0, "recall": 0.333333, "f1": 0.5, "support": 3.0}
    assert result.errors == [
        {"index": 102, "true": "b", "predicted": "c", "probability": 0.9},
        {"index": 101, "true": "b", "predicted": "a", "probability": 0.6},
    ]
    assert result.wrong.tolist() == [2, 1]
    assert result.pairs[1:3] == [{"actual": "b", "predicted": "a"}, {"actual": "b", "predicted": "c"}]


def test_last_bits_change_no_row_and_no_figure():
    y, noise = np.array([[0.9, 0.1]] * 6), np.random.default_rng(0).uniform(-1e-9, 1e-9, 6)
    samples = of_classes([1] * 6)
    there, here = (errors.test(found, samples, NAMES[:2]) for found in (y, y + np.stack([noise, -noise], axis=1)))
    assert there.errors == here.errors
    assert there.metrics == here.metrics
    assert here.wrong.tolist() == list(range(6))


def test_without_a_mistake_there_are_no_rows():
    result = errors.test(np.eye(3, dtype=np.float32), of_classes([0, 1, 2]), NAMES)
    assert result.errors == []
    assert result.wrong.shape == (0,)
    assert result.metrics["test_accuracy"] == 1


def test_a_diverged_network_has_a_result_too():
    result = errors.test(np.full((2, 3), np.nan), of_classes([1, 2]), NAMES)
    assert np.isnan(result.metrics["test_loss"])
    assert result.wrong.tolist() == [0, 1]


def test_wrong_by_all_keeps_what_every_network_got_wrong():
    samples, right = of_classes([0, 1, 2, 0]), np.eye(3)[[0, 1, 2, 0]]
    a, b = (errors.test(np.eye(3)[told], samples, NAMES) for told in ([1, 1, 1, 1], [2, 0, 0, 0]))
    assert errors.wrong_by_all([a, b], samples, NAMES) == [{"index": 100, "true": "a"}, {"index": 102, "true": "c"}]
    assert errors.wrong_by_all([a, errors.test(right, samples, NAMES)], samples, NAMES) == []


def test_no_name_of_a_class_ends_the_script_in_which_dvc_plots_it(three):
    names = ("</script><script>", "<!--", "c")
    found = errors.test(np.eye(3)[[2, 1, 1]], three, names)
    assert "<" not in str(found.pairs)
    assert found.pairs[1] == {"actual": "\u2039/script>\u2039script>", "predicted": "\u2039!--"}
    assert found.errors[0]["true"] == "</script><script>"  # as it is wherever it is escaped
