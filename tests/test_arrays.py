import numpy as np
import pytest

from digitrack import arrays
from digitrack.errors import UserError


def test_arrays_come_back_as_saved_in_the_same_bytes(tmp_path):
    saved = arrays.Samples(np.arange(2), np.ones((2, 8, 8)), np.zeros((2, 64)), np.array([3, 1]))
    for name in ("a.npz", "b.npz"):
        arrays.save(tmp_path / name, saved._asdict())
    for array, again in zip(saved, arrays.load_samples(tmp_path / "a.npz"), strict=True):
        np.testing.assert_array_equal(array, again)
    assert arrays.md5(tmp_path / "a.npz") == arrays.md5(tmp_path / "b.npz")


def test_equal_samples_share_a_digest_and_others_do_not():
    a = arrays.Samples(np.arange(2), np.ones((2, 8, 8)), np.zeros((2, 64)), np.array([3, 1]))
    assert arrays.digest(a) == arrays.digest(arrays.Samples(*(array.copy() for array in a)))
    assert arrays.digest(a) != arrays.digest(a._replace(y=np.array([3, 2])))


def test_nothing_pickled_is_loaded(tmp_path):
    np.savez(tmp_path / "evil.npz", mean=np.array([object()]), scale=np.ones(1))
    with pytest.raises(UserError, match="is damaged"):
        arrays.load_scaler(tmp_path / "evil.npz")


def test_a_file_without_the_arrays_is_refused(tmp_path):
    arrays.save(tmp_path / "scaler.npz", {"mean": np.ones(2)})
    with pytest.raises(UserError, match="scale"):
        arrays.load_scaler(tmp_path / "scaler.npz")
