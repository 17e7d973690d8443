"""The module digitrack.prediction.table."""

import numpy as np
import pytest

from digitrack import Refused
from digitrack.data.about import About
from digitrack.prediction import table
from digitrack.prediction.picture import DIGITS

ROW = ",".join(["1"] * 64)
WINE = About((2,), ("dry", "sweet"), ("acid", "sugar"))


@pytest.mark.parametrize("header", ["", "\ufeff", ",".join(f"pixel{i}" for i in range(64)) + "\n", "\n"])
def test_rows_are_read_with_a_header_and_without(tmp_path, header):
    (tmp_path / "digits.csv").write_text(f"{header}{ROW}\n\n{ROW}\n", encoding="utf-8")
    np.testing.assert_array_equal(table.rows_of(tmp_path / "digits.csv", DIGITS), np.ones((2, 64)))


@pytest.mark.parametrize(
    "content",
    [
        "acid,sugar\n1,2\n3,4\n",
        "sugar,kind,acid\n2,dry,1\n4,sweet,3\n",
        "1,2\n3,4\n",
        " acid , sugar\n1,2\n3,4\n",
        "acid;sugar\n1;2\n3;4\n",
    ],
)
def test_columns_are_found_by_the_names_of_features(tmp_path, content):
    (tmp_path / "wine.csv").write_text(content)
    np.testing.assert_array_equal(table.rows_of(tmp_path / "wine.csv", WINE), [[1, 2], [3, 4]])


def test_features_may_have_numbers_for_names(tmp_path):
    (tmp_path / "a.csv").write_text("2,1\n5,6\n")
    np.testing.assert_array_equal(table.rows_of(tmp_path / "a.csv", About((2,), ("a", "b"), ("1", "2"))), [[6, 5]])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "is missing"),
        (b"\n", "has no rows: each must be a sample's 64 numbers"),
        (b"\xff\xfe", "is not readable CSV"),
        (f"{ROW}\n{ROW},1\n".encode(), r", line 2: pixels must be \(n, 64\), a row a sample, not \(1, 65\)"),
        (f"{ROW}\n\n{ROW[:-1]}x\n".encode(), ", line 3: pixels must be numbers"),
        (f"{ROW[:-1]}-1\n".encode(), ", line 1: a pixel is -1"),
        (f"x{ROW[1:]}\n{ROW}\n".encode(), ", line 1: pixels must be numbers"),  # damaged, no header
        (f"{ROW}\n\0{ROW}\n".encode(), ""),
    ],
)
def test_a_bad_line_is_named(tmp_path, content, told):
    file = tmp_path / "digits.csv"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(Refused, match=rf"digits\.csv ?{told}"):
        table.rows_of(file, DIGITS)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("acid,color\n1,2\n", "has no column sugar"),
        ("kind,color\na,b\n", "has no column acid, sugar"),
        ("acid,sugar,acid\n1,2,3\n", "has two columns acid"),
        ("acid,sugar\n", "has no rows: each must be a sample's 2 numbers"),
        ("acid,sugar\n1,2\n3\n", "line 3: there are 1 cells, but 2 in the header"),
        ("acid,sugar\n1,\n", "line 2: features must be numbers"),
        ("acid,sugar\n1,inf\n", "line 2: a feature is inf: features must be finite"),
    ],
)
def test_a_table_that_does_not_fit_the_model_is_named(tmp_path, content, told):
    (tmp_path / "wine.csv").write_text(content)
    with pytest.raises(Refused, match=rf"wine\.csv,? {told}"):
        table.rows_of(tmp_path / "wine.csv", WINE)
