"""The module digitrack.data.sample_info."""

import json

import numpy as np
import pytest

from digitrack import Refused
from digitrack.data.sample_info import SampleInfo, read_sample_info, write_sample_info

DIGITS = SampleInfo((8, 8), tuple("0123456789"), None, 16.0)
WINE = SampleInfo((2,), ("dry", "süß"), ("acid", "sugar"), None)
GOOD = {"shape": [2, 2], "class_names": ["a", "b"], "feature_names": None, "largest": 1.0}


@pytest.mark.parametrize(
    "about", [DIGITS, WINE, SampleInfo((2, 3, 3), ("a", "b"), None, 255.0), SampleInfo((2,), ("a", "b"))]
)
def test_it_comes_back_as_written(tmp_path, about):
    write_sample_info(tmp_path / "a/about.json", about)
    assert read_sample_info(tmp_path / "a/about.json") == about


def test_the_file_is_plain_json(tmp_path):
    write_sample_info(tmp_path / "about.json", DIGITS)
    told = json.loads((tmp_path / "about.json").read_text())
    assert told == {"shape": [8, 8], "class_names": [*"0123456789"], "feature_names": None, "largest": 16.0}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "is missing"),
        (b"", "is damaged"),
        (b"\xff", "is damaged"),
        (b"[" * 100_000, "is damaged"),
        (b"[]", "it must have shape, class_names, feature_names, largest"),
        (b'{"largest": 16.0}', "it must have"),
        ({"shape": 4}, "shape must be"),
        ({"shape": []}, "shape must be"),
        ({"shape": [2, 0]}, "shape must be"),
        ({"shape": [True, 2]}, "shape must be"),
        ({"shape": [2, 2, 4]}, "shape must be"),
        ({"shape": [10**9, 10**9]}, "shape must be"),
        ({"class_names": ["a"]}, "two or more"),
        ({"class_names": ["a", "a"]}, "must differ"),
        ({"class_names": [0, 1]}, "list of texts"),
        ({"class_names": "ab"}, "list of texts"),
        ({"feature_names": ["a"]}, "must be 4, one per number of a sample, not 1"),
        ({"feature_names": [1, 2, 3, 4]}, "list of texts"),
        ({"largest": None}, "largest must be a number"),
        ({"largest": float("nan")}, "largest must be a number"),
        ({"largest": -1.0}, "largest must be a number"),
        ({"largest": 1e99}, "largest must be a number"),
        ({"largest": True}, "largest must be a number"),
        ({"shape": [4]}, "largest must be null"),
    ],
    ids=str,
)
def test_a_file_that_says_something_else_is_named(tmp_path, content, told):
    if content is not None:
        other = content if isinstance(content, bytes) else json.dumps({**GOOD, **content}).encode()
        (tmp_path / "about.json").write_bytes(other)
    with pytest.raises(Refused, match=rf"about\.json .*{told}"):
        read_sample_info(tmp_path / "about.json")


def test_rows_come_back_as_floats():
    np.testing.assert_array_equal(WINE.checked([["1", 2]]), [[1.0, 2.0]])
    assert DIGITS.checked(np.full((3, 64), 16)).dtype == float


@pytest.mark.parametrize(
    ("about", "rows", "told"),
    [
        (DIGITS, [[1] * 63], r"pixels must be \(n, 64\), one row per sample, not \(1, 63\)"),
        (DIGITS, [1] * 64, r"not \(64,\)"),
        (DIGITS, [[1] * 63 + ["x"]], "pixels must be numbers, in rows of 64"),
        (DIGITS, [[1] * 63 + [17]], "a pixel is 17: pixels must be from 0 to 16"),
        (DIGITS, [[1] * 63 + [float("nan")]], "a pixel is nan"),
        (WINE, [[1]], r"features must be \(n, 2\)"),
        (WINE, [[1, float("inf")]], "a feature is inf: features must be finite"),
    ],
    ids=str,
)
def test_rows_that_are_no_samples_are_refused(about, rows, told):
    with pytest.raises(ValueError, match=told):
        about.checked(rows)
