import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss, precision_recall_fscore_support

from digitrack import scores


@pytest.mark.parametrize(("right", "n"), [(0, 5), (350, 360), (360, 360)])
def test_wilson_interval_is_scipys(right, n):
    expected = binomtest(right, n).proportion_ci(method="wilson")
    assert scores.wilson_interval(right, n) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_loss_and_accuracy_are_scikit_learns():
    rng = np.random.default_rng(0)
    y, p = rng.integers(4, size=50), rng.dirichlet(np.ones(4), size=50)
    expected = log_loss(y, p, labels=range(4)), accuracy_score(y, p.argmax(1))
    assert scores.loss_and_accuracy(p, y) == pytest.approx(expected, rel=1e-6)


def test_scores_by_class_are_scikit_learns():
    rng = np.random.default_rng(0)
    y, predicted = rng.integers(3, size=60), rng.integers(4, size=60)  # a class that is never true
    rows = scores.by_class(confusion_matrix(y, predicted, labels=range(4)))
    expected = precision_recall_fscore_support(y, predicted, labels=range(4), zero_division=0)
    for name, column in zip(("precision", "recall", "f1", "support"), expected, strict=True):
        assert [row[name] for row in rows] == pytest.approx(column, abs=1e-6)


def test_curves_come_back_as_written(tmp_path):
    curves = scores.Curves()
    p, y = np.array([[0.25, 0.75], [0.5, 0.5]]), np.array([1, 0])
    curves.add((p, y), (p, 1 - y))
    curves.write(tmp_path)
    table = scores.Curves.read(tmp_path)
    assert table["epoch"].tolist() == [1]
    assert table["train_accuracy"].tolist() == [1.0]
    assert table["val_accuracy"].tolist() == [0.0]
