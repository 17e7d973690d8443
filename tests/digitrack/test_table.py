"""The module digitrack.prediction.table."""

import gzip

import numpy as np
import pytest

from digitrack import Refused
from digitrack.data.sample_info import SampleInfo
from digitrack.data.sources import csv
from digitrack.prediction import table
from digitrack.prediction.picture import DIGITS

ROW = ",".join(["1"] * 64)
WINE = SampleInfo((2,), ("dry", "sweet"), ("acid", "sugar"))


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
        "acid, sugar\n1, 2\n3, 4\n",
        "acid,sugar\n1,2,\n3,4,\n",
        '"sugar","kind","acid"\n"2","dry","1"\n"4","sweet","3"\n',
        "sugar|kind, of all, and each|acid\n2|dry|1\n4|sweet|3\n",  # more commas than its separator
    ],
)
def test_columns_are_found_by_the_names_of_features(tmp_path, content):
    (tmp_path / "wine.csv").write_text(content)
    np.testing.assert_array_equal(table.rows_of(tmp_path / "wine.csv", WINE), [[1, 2], [3, 4]])


def test_features_may_have_numbers_for_names(tmp_path):
    (tmp_path / "a.csv").write_text("2,1\n5,6\n")
    np.testing.assert_array_equal(table.rows_of(tmp_path / "a.csv", SampleInfo((2,), ("a", "b"), ("1", "2"))), [[6, 5]])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "is missing"),
        (b"\n", "has no rows: each must have the 64 numbers of a sample"),
        (b"\xff\xfe", ": it is not text in UTF-8"),
        (f"{ROW}\n{ROW},1\n".encode(), r", line 2: pixels must be \(n, 64\), one row per sample, not \(1, 65\)"),
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
        ("acid,sugar,acid\n1,2,3\n", "has two columns called acid"),
        ("acid,sugar\n", ": it has no rows below the header"),
        ("acid,sugar\n1,2\n3\n", ": column sugar, row 2 is empty"),
        ("acid,sugar\n1,\n", ": column sugar, row 1 is empty: features must be numbers"),
        ("acid,sugar\n1,2,3\n", ": it is not a CSV file: Length of header"),
        ("acid,sugar\n1,inf\n", ": column sugar, row 1 is 'inf', which is not a finite number"),
    ],
)
def test_a_table_that_does_not_fit_the_model_is_named(tmp_path, content, told):
    (tmp_path / "wine.csv").write_text(content)
    with pytest.raises(Refused, match=rf"wine\.csv ?{told}"):
        table.rows_of(tmp_path / "wine.csv", WINE)


@pytest.mark.parametrize(
    ("content", "name", "how"),
    [
        ("a, b, kind\n1, 2, x\n3, 4, y\n5, 6, x\n7, 8, y\n", "blanks.csv", {}),
        ("a,b,kind\nTrue,0.5,x\nFalse,1.5,y\nTrue,2.5,x\nTrue,1,y\n", "truth.csv", {}),
        (gzip.compress(b"a,b,kind\n1,2,x\n3,4,y\n5,6,x\n7,8,y\n"), "small.csv.gz", {}),
        ("a|b, c, d|kind\n1|2|x\n3|4|y\n5|6|x\n7|8|y\n", "bars.csv", {"separator": "|"}),
        ("a,b,kind\n1,2,x,\n3,4,y,\n5,6,x,\n7,8,y,\n", "ends.csv", {}),
        ("kind,a,b\nx,1,2\ny,3,4\nx,5,6\ny,7,8\n", "first.csv", {"shape": [1, 2]}),
        ("id,a,b,kind\n9,1,2,x\n8,3,4,y\n7,5,6,x\n6,7,8,y\n", "dropped.csv", {"drop": ["id"]}),
        ("\ufeffa;b;kind\r\n1;2;x\r\n3;4;y\r\n5;6;x\r\n7;8;y\r\n", "excel.csv", {}),
    ],
    ids=lambda value: value if isinstance(value, str) and "\n" not in value else "",
)
def test_the_file_of_the_training_is_read_as_in_the_training(tmp_path, content, name, how):
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    learned = csv.load(str(file), "kind", **how)
    about = SampleInfo(learned.x.shape[1:], learned.class_names, learned.feature_names, 9.0 if "shape" in how else None)
    np.testing.assert_array_equal(table.rows_of(file, about), learned.x.reshape(4, -1))
    np.testing.assert_array_equal(csv.labels(str(file), "kind", **how)[0], learned.y)
