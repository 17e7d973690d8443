import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss, precision_recall_fscore_support

from digitrack.scores import measures


@pytest.mark.parametrize(("right", "n"), [(0, 5), (350, 360), (360, 360)])
def test_wilson_interval_is_scipys(right, n):
    expected = binomtest(right, n).proportion_ci(method="wilson")
    assert measures.wilson_interval(right, n) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_loss_and_accuracy_are_scikit_learns():
    rng = np.random.default_rng(0)
    y, p = rng.integers(4, size=50), rng.dirichlet(np.ones(4), size=50)
    expected = log_loss(y, p, labels=range(4)), accuracy_score(y, p.argmax(1))
    assert measures.loss_and_accuracy(np.log(p) + 3, y) == pytest.approx(expected, rel=1e-6)


def test_a_loss_is_not_cut_off_and_never_negative():
    z = np.array([[0.0, 300.0], [-2000.0, 0.0], [40.0, 0.0]])
    for dtype in (np.float32, np.float64):
        assert measures.loss_and_accuracy(z.astype(dtype), np.zeros(3, int))[0] == pytest.approx(2300 / 3)
        loss, accuracy = measures.loss_and_accuracy(z[2:].astype(dtype), np.zeros(1, int))
        assert (loss, accuracy) == (0, 1)
        assert not np.signbit(loss)


@pytest.mark.filterwarnings("error")
def test_the_loss_of_logits_that_are_infinite_is_nan():
    assert np.isnan(measures.loss_and_accuracy(np.array([[np.inf, 0.0], [0.0, 1.0]]), np.array([0, 1]))[0])


def test_confusion_and_scores_by_class_are_scikit_learns():
    rng = np.random.default_rng(0)
    y, predicted = rng.integers(3, size=60), rng.integers(4, size=60)  # a class that is never true
    counts = measures.confusion(y, predicted, 4)
    np.testing.assert_array_equal(counts, confusion_matrix(y, predicted, labels=range(4)))
    rows = measures.by_class(counts)
    expected = precision_recall_fscore_support(y, predicted, labels=range(4), zero_division=0)
    for name, column in zip(("precision", "recall", "f1", "support"), expected, strict=True):
        assert [row[name] for row in rows] == pytest.approx(column, abs=1e-6)


def test_six_digits_are_kept():
    assert [measures.six_digits(value) for value in (0.97222222, 123456789.0, 1.5e-20, float("inf"))] == [
        0.972222,
        123457000.0,
        1.5e-20,
        float("inf"),
    ]
