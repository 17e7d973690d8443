import numpy as np
import pytest

from digitrack import Refused
from digitrack.prediction import table

ROW = ",".join(["1"] * 64)


@pytest.mark.parametrize("header", ["", "\ufeff", ",".join(f"pixel{i}" for i in range(64)) + "\n", "\n"])
def test_rows_are_read_with_a_header_and_without(tmp_path, header):
    (tmp_path / "digits.csv").write_text(f"{header}{ROW}\n\n{ROW}\n", encoding="utf-8")
    np.testing.assert_array_equal(table.rows_of(tmp_path / "digits.csv"), np.ones((2, 64)))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "is missing"),
        (b"\n", "has no rows: each must be a digit's 64 pixels"),
        (b"\xff\xfe", "is not readable CSV"),
        (f"{ROW}\n{ROW},1\n".encode(), r", line 2: pixels must be \(n, 64\), a row a digit, not \(1, 65\)"),
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
        table.rows_of(file)
