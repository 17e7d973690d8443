"""Rows that are scaled when they are read are those of a fitted StandardScaler."""

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from digitrack.data.scaled import Scaled, Scaler, recovery_error, unscale


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, float])
def test_rows_are_scaled_as_by_scikit_learn(dtype):
    raw = np.random.default_rng(0).integers(0, 256, (50, 4, 3)).astype(dtype)
    fitted = StandardScaler().fit(raw.reshape(50, 12))
    x = Scaled(raw, Scaler(fitted.mean_, fitted.scale_))
    expected = fitted.transform(raw.reshape(50, 12).astype(float))
    assert x.shape == (50, 12)
    np.testing.assert_array_equal(x[:], expected)
    np.testing.assert_array_equal(np.asarray(x), expected)
    np.testing.assert_array_equal(np.asarray(x, np.float32), expected.astype(np.float32))
    np.testing.assert_array_equal(x[[3, 1]], expected[[3, 1]])
    np.testing.assert_array_equal(x[10:12], expected[10:12])
    np.testing.assert_allclose(unscale(x[:], x.scaler), raw.reshape(50, 12), atol=1e-12)
    assert 0 <= recovery_error(x) < 1e-12
