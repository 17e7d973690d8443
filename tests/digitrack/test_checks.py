"""What is wrong with samples and their scaling is said; each check is broken by itself."""

import numpy as np
import pytest

from digitrack.data import checks
from digitrack.data.samples import Samples
from digitrack.data.scaled import Scaled, Scaler

RAW = np.arange(12.0).reshape(3, 2, 2)
SCALER = Scaler(RAW.reshape(3, 4).mean(axis=0), np.full(4, 2.0))


def of(raw, ids, y):
    return Samples(np.array(ids), raw, Scaled(raw, SCALER), np.array(y))


def refused(told, check, *arrays):
    with pytest.raises(ValueError, match=told):
        check(*arrays)


def test_samples_that_do_not_fit_together_are_refused():
    good = {"ids": np.array([4, 2, 0]), "raw": RAW, "y": np.array([0, 1, 1]), "mean": SCALER.mean}
    checks.samples(**good)
    for name, changed, told in (
        ("raw", RAW.astype(object), "must be numbers of at most 8 bytes, not object"),
        ("raw", RAW[..., None], r"must be \(n, height, width\), .* not \(3, 2, 2, 1\)"),
        ("raw", RAW[:0], "there are no samples, or nothing in them"),
        ("raw", -RAW, "a pixel of image 1 is -"),
        ("raw", RAW * np.nan, "a pixel of image 1 is nan"),
        ("raw", RAW * 2**24, "pixels must be from 0 .* to 16777216"),
        ("raw", RAW.reshape(3, 4) * -1e100, "column 3, row 1 is -2e.100: values must be from -1e.100 to 1e.100"),
        ("raw", RAW.reshape(3, 4) + np.inf, "column 1, row 1 is inf"),
        ("y", good["y"][:-1], "shapes don't fit"),
        ("mean", SCALER.mean[1:], "shapes don't fit"),
        ("y", good["y"] + 1, "classes are 1, 2: they must be 0 to k - 1"),
        ("y", good["y"] * 0, "classes are 0: they must be 0 to k - 1, at least two"),
        ("y", good["y"] * 2, "classes are 0, 2"),
        ("ids", good["ids"] - 1, "without duplicates"),
        ("ids", good["ids"] // 3, "without duplicates"),
    ):
        refused(told, checks.samples, *(good | {name: changed}).values())


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32, float])
def test_rows_and_images_in_grey_and_in_colour_are_taken(dtype):
    for shape in ((2, 4), (2, 2, 2), (2, 3, 3, 3)):
        checks.values(np.ones(shape, dtype))
    if dtype != np.uint8:
        checks.values(-np.ones((2, 4), dtype))


def test_a_scaler_that_nothing_can_be_divided_by_is_refused():
    checks.scaler(*SCALER)
    for mean, scale in (
        (SCALER.mean, SCALER.scale[1:]),
        (SCALER.mean[:0], SCALER.scale[:0]),
        (SCALER.mean, SCALER.scale * 0),
        (SCALER.mean, -SCALER.scale),
        (SCALER.mean + np.inf, SCALER.scale),
        (SCALER.mean, SCALER.scale * np.nan),
        (SCALER.mean.astype(int), SCALER.scale),
    ):
        refused("mean", checks.scaler, mean, scale)
