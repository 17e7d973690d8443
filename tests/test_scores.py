import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, log_loss

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
