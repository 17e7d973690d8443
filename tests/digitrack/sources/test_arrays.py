"""The module digitrack.data.sources.arrays."""

import numpy as np
import pytest

from digitrack import Refused
from digitrack.data.sources import arrays

X = np.arange(24, dtype=np.uint8).reshape(4, 2, 3)
Y = np.array([7, 3, 3, 7])


@pytest.fixture(params=["folder", "file"])
def saved(request, tmp_path):
    """Saves arrays in a folder or in one file; the path."""

    def save(**given):
        if request.param == "file":
            np.savez(tmp_path / "a.npz", **given)
            return str(tmp_path / "a.npz")
        for name, array in given.items():
            np.save(tmp_path / f"{name}.npy", array)
        return str(tmp_path)

    return save


def test_arrays_come_as_they_are(saved):
    path = saved(X=X, y=Y)
    found = arrays.load(path)
    np.testing.assert_array_equal(found.x, X)
    assert found.x.dtype == np.uint8
    np.testing.assert_array_equal(found.y, [1, 0, 0, 1])
    assert found.class_names == ("3", "7")
    y, names = arrays.labels(path)
    np.testing.assert_array_equal(y, found.y)
    assert names == found.class_names


def test_true_and_false_are_numbers(saved):
    np.testing.assert_array_equal(arrays.load(saved(X=X > 9, y=Y)).x, (X > 9).astype(np.uint8))


def test_a_folder_is_memory_mapped_and_its_labels_read_no_pixel(tmp_path):
    np.save(tmp_path / "X.npy", X)
    np.save(tmp_path / "y.npy", np.array(["b", "a", "a", "b"]))
    assert isinstance(arrays.load(str(tmp_path)).x.base, np.memmap)
    huge = np.lib.format.open_memmap(tmp_path / "X.npy", "w+", np.uint8, (4, 30_000, 30_000))  # sparse on disk
    del huge
    np.testing.assert_array_equal(arrays.labels(str(tmp_path))[0], [1, 0, 0, 1])


WRONG = {
    "more labels": ({"X": X, "y": np.array([3, 7, 3, 7, 3])}, "there are 4 samples in X, but 5 labels in y"),
    "fewer samples": ({"X": X[:3], "y": Y}, "there are 3 samples in X, but 4 labels in y"),
    "pickled samples": ({"X": np.array([[1], [2, 3], [4], [5]], object), "y": Y}, ""),
    "pickled labels": ({"X": X, "y": np.array(["a", 1, "a", 1], object)}, ""),
    "one class": ({"X": X, "y": Y * 0}, "only one class, 0"),
    "one number each": ({"X": X[:, 0, 0], "y": Y}, "X must be rows"),
    "no numbers": ({"X": X[:, :0], "y": Y}, "X must be rows"),
    "two colours": ({"X": np.ones((4, 2, 2, 2)), "y": Y}, "X must be rows"),
    "a column of labels": ({"X": X, "y": Y[:, None]}, r"must be (n,), not (4, 1)"),
}
WRONG_NUMBERS = {
    "NaN": ({"X": np.where(X == 9, np.nan, X), "y": Y}, "X[1, 1, 0] is nan: all numbers must be finite"),
    "texts": ({"X": X.astype(str), "y": Y}, "X must be numbers, not <U3"),
    "complex": ({"X": X + 1j, "y": Y}, "X must be numbers, not complex"),
}


@pytest.mark.parametrize("name", WRONG | WRONG_NUMBERS)
def test_arrays_that_are_no_data_set_are_named(saved, tmp_path, name):
    given, told = (WRONG | WRONG_NUMBERS)[name]
    path = saved(**given)
    for function in (arrays.load, arrays.labels) if name in WRONG else (arrays.load,):
        with pytest.raises(Refused) as error:
            function(path)
        line = str(error.value)
        assert line.startswith(str(tmp_path))
        assert told in line
        assert len(line.splitlines()) == 1


def test_missing_and_damaged_files_are_named(tmp_path):
    def refused(path, told):
        for function in (arrays.load, arrays.labels):
            with pytest.raises(Refused, match=told):
                function(str(path))

    refused(tmp_path / "none.npz", r"none\.npz is missing")
    refused(tmp_path, r"X\.npy is missing")
    np.save(tmp_path / "X.npy", X)
    refused(tmp_path, r"y\.npy is missing")
    (tmp_path / "y.npy").write_bytes((tmp_path / "X.npy").read_bytes()[:100])
    refused(tmp_path, r"y\.npy is damaged")
    (tmp_path / "X.npy").write_bytes((tmp_path / "X.npy").read_bytes()[:-1])
    refused(tmp_path, r"X\.npy is damaged")
    np.savez(tmp_path / "other.npz", X=X, labels=Y)
    refused(tmp_path / "other.npz", "must hold X, y, not X, labels")
    (tmp_path / "table.csv").write_text("X,y")
    refused(tmp_path / "table.csv", r"must be an \.npz file, or a folder of X\.npy and y\.npy")
    (tmp_path / "text.npz").write_text("X, y")
    refused(tmp_path / "text.npz", r"text\.npz is damaged")
