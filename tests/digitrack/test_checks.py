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
        ("raw", RAW[:0], "there is nothing"),
        ("raw", -RAW, "a pixel is -"),
        ("raw", RAW * np.nan, "a pixel is nan"),
        ("raw", RAW * 2**24, "pixels must be from 0 .* to 16777216 at most"),
        ("raw", RAW.reshape(3, 4) - 2.0**25, "a value is -3.*values must be from -16777216"),
        ("raw", RAW.reshape(3, 4) + np.inf, "a value is inf"),
        ("y", good["y"][:-1], "shapes don't fit"),
        ("mean", SCALER.mean[1:], "shapes don't fit"),
        ("y", good["y"] + 1, "classes are 1, 2: they must be 0 to k - 1"),
        ("y", good["y"] * 0, "classes are 0: they must be 0 to k - 1, at least two"),
        ("y", good["y"] * 2, "classes are 0, 2"),
        ("ids", good["ids"] - 1, "each once"),
        ("ids", good["ids"] // 3, "each once"),
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


def test_parts_that_do_not_belong_together_are_refused():
    train, validation = of(RAW, [4, 2, 0], [0, 1, 1]), of(RAW[::-1] + 0.5, [1, 3, 5], [0, 1, 1])
    checks.parts(train, validation)
    refused("scaler is not of train", checks.parts, validation, train)
    refused("samples in common", checks.parts, train, train)
    refused("differ in their classes", checks.parts, train, validation._replace(y=np.array([0, 1, 2])))
    refused("samples differ in size", checks.parts, train, of(RAW.reshape(3, 4), [1, 3, 5], [0, 1, 1]))
