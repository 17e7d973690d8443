import numpy as np
import pytest

from digitrack.prediction import pixels


def test_rows_of_numbers_become_floats():
    rows = pixels.checked([[0, 16], [1, 2]], n_pixels=2, largest=16)
    assert rows.dtype == float
    assert rows.tolist() == [[0, 16], [1, 2]]
    assert pixels.checked(np.empty((0, 2)), n_pixels=2, largest=16).shape == (0, 2)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([["a", 1]], "pixels must be numbers, in rows of 2"),
        ([[1], [1, 2]], "pixels must be numbers, in rows of 2"),
        ([[1, 2, 3]], r"pixels must be \(n, 2\), a row a digit, not \(1, 3\)"),
        ([1, 2], r"not \(2,\)"),
        ([[1, -1]], r"a pixel is -1: pixels must be from 0 \(paper\) to 16 \(ink\)"),
        ([[1, np.nan]], "a pixel is nan"),
        ([[1, 255]], "a pixel is 255"),
    ],
)
def test_what_are_no_pixels_is_said(rows, told):
    with pytest.raises(ValueError, match=told):
        pixels.checked(rows, n_pixels=2, largest=16)
