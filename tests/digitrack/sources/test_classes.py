"""The module digitrack.data.sources.classes."""

import numpy as np
import pytest

from digitrack.data.sources.classes import coded


@pytest.mark.parametrize(
    ("labels", "y", "names"),
    [
        ([3, 1, 3, 1], [1, 0, 1, 0], ("1", "3")),
        ([2.0, -1.0, 2.0, -1.0], [1, 0, 1, 0], ("-1", "2")),
        ([True, False, False, True], [1, 0, 0, 1], ("False", "True")),
        (["10", "9", "9", "10"], [1, 0, 0, 1], ("9", "10")),  # numbers in their own order
        (["01", "1", "1", "01"], [0, 1, 1, 0], ("01", "1")),
        (["b", " a", "a ", "b"], [1, 0, 0, 1], ("a", "b")),
        (np.array(["b", "a", "a", "b"], object), [1, 0, 0, 1], ("a", "b")),
        (np.array([1, 0, 0, 1], np.uint8), [1, 0, 0, 1], ("0", "1")),
    ],
)
def test_labels_become_classes_from_zero(labels, y, names):
    found, told = coded(labels)
    np.testing.assert_array_equal(found, y)
    assert found.dtype == np.int64
    assert told == names


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        ([], "no samples"),
        ([1, 1, 1], "only one class, 1"),
        ([0, 0, 1], "class 1 has only one sample, sample 2"),
        (["a", "b", "b", "c"], "class a has only one sample, sample 0 \\(2 classes have only one\\)"),
        ([0.5, 1, 1], "label of sample 0 is 0.5"),
        ([0, np.nan, 1], "label of sample 1 is nan"),
        (["a", "", "b"], "label of sample 1 is missing"),
        (np.array(["a", None, "b"], object), "label of sample 1 is missing"),
        (np.array(["a", np.nan, "b"], object), "label of sample 1 is missing"),
        ([[0], [1]], r"must be \(n,\), not \(2, 1\)"),
        ([1j, 1], "whole numbers or texts, not complex128"),
    ],
    ids=str,
)
def test_what_are_no_classes_is_refused(labels, told):
    with pytest.raises(ValueError, match=told):
        coded(labels)
