"""What is wrong with samples and their scaling is said; each check is broken by itself."""

import numpy as np
import pytest

from digitrack.data import checks
from digitrack.data.samples import Samples, Scaler


@pytest.fixture
def three():
    """Three samples of two classes, and three others, in the same scaling."""
    raw = np.arange(12.0).reshape(3, 2, 2)
    scaler = Scaler(raw.reshape(3, 4).mean(axis=0), np.full(4, 2.0))
    x = (raw.reshape(3, 4) - scaler.mean) / scaler.scale
    return Samples(np.array([4, 2, 0]), raw, x, np.array([0, 1, 1])), scaler


def refused(told, check, *arrays):
    with pytest.raises(ValueError, match=told):
        check(*arrays)


def test_samples_that_do_not_fit_together_are_refused(three):
    good, _ = three
    checks.samples(*good)
    for changed, told in (
        ({"ids": good.ids.astype(float)}, r"ids is float64 \(3,\): it must be int64, of 1 dimensions"),
        ({"raw": good.raw.astype(np.float32)}, r"raw is float32"),
        ({"x": good.raw}, r"x is float64 \(3, 2, 2\): it must be float64, of 2"),
        ({"y": good.y[:-1]}, "shapes don't fit"),
        ({"x": good.x[:, 1:]}, "shapes don't fit"),
        ({"raw": -good.raw}, "a pixel is -"),
        ({"raw": good.raw * 2**24}, "16777216 at most"),
        ({"x": good.x + np.inf}, "x holds NaN or infinity"),
        ({"y": good.y + 1}, "classes are 1, 2: they must be 0 to k - 1"),
        ({"y": good.y * 0}, "classes are 0: they must be 0 to k - 1, at least two"),
        ({"y": good.y * 2}, "classes are 0, 2"),
        ({"ids": good.ids - 1}, "each once"),
        ({"ids": good.ids // 3}, "each once"),
    ):
        refused(told, checks.samples, *good._replace(**changed))
    refused("there are no pixels", checks.samples, *(array[:0] for array in good))


def test_a_scaler_that_nothing_can_be_divided_by_is_refused(three):
    _, good = three
    checks.scaler(*good)
    for mean, scale in (
        (good.mean, good.scale[1:]),
        (good.mean[:0], good.scale[:0]),
        (good.mean, good.scale * 0),
        (good.mean, -good.scale),
        (good.mean + np.inf, good.scale),
        (good.mean, good.scale * np.nan),
        (good.mean.astype(int), good.scale),
    ):
        refused("mean", checks.scaler, mean, scale)


def test_parts_that_do_not_belong_together_are_refused(three):
    train, scaler = three
    raw = train.raw[::-1] + 0.5
    validation = Samples(np.array([1, 3, 5]), raw, (raw.reshape(3, 4) - scaler.mean) / scaler.scale, train.y)
    checks.parts(train, validation, *scaler)
    refused("scaler is not of train", checks.parts, validation, train, *scaler)
    refused("samples in common", checks.parts, train, train, *scaler)
    refused("train is not scaled by scaler", checks.parts, train, validation, scaler.mean, scaler.scale * 2)
    refused("validation is not scaled", checks.parts, train, validation._replace(x=train.x), *scaler)
    refused("differ in their classes", checks.parts, train, validation._replace(y=np.array([0, 1, 2])), *scaler)
    other = validation._replace(raw=raw.reshape(3, 4, 1))
    refused("images differ in size", checks.parts, train, other, *scaler)
