"""Texts for one line of a message."""

import math

import pytest

from tracked.messages import number


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0.97222, "0.9722"),
        (0, "0.0000"),
        (-0.5, "-0.5000"),
        (40873.24, "40873.2"),
        (3.21e-6, "3.210e-06"),
        (2e12, "2.000e+12"),
        (math.nan, "nan"),
        (math.inf, "inf"),
    ],
)
def test_a_metric_of_any_size_is_told_by_a_few_digits(value, told):
    assert number(value) == told
