import numpy as np
import pytest

from digitrack import Refused
from digitrack.data import samples


def test_samples_come_back_as_saved_in_the_same_bytes(tmp_path, three):
    for name in ("a.npz", "b.npz"):
        samples.save(tmp_path / "data" / name, three)
    for array, again in zip(three, samples.read_samples(tmp_path / "data/a.npz"), strict=True):
        np.testing.assert_array_equal(array, again)
    assert (tmp_path / "data/a.npz").read_bytes() == (tmp_path / "data/b.npz").read_bytes()


def test_a_scaler_comes_back_as_saved(tmp_path):
    scaler = samples.Scaler(np.arange(3.0), np.ones(3))
    samples.save(tmp_path / "scaler.npz", scaler)
    for array, again in zip(scaler, samples.read_scaler(tmp_path / "scaler.npz"), strict=True):
        np.testing.assert_array_equal(array, again)


def test_nothing_pickled_is_loaded(tmp_path):
    np.savez(tmp_path / "evil.npz", mean=np.array([object()]), scale=np.ones(1))
    with pytest.raises(Refused, match=r"evil\.npz is damaged"):
        samples.read_scaler(tmp_path / "evil.npz")


def test_a_missing_a_truncated_and_another_file_are_told_apart(tmp_path, three):
    file = tmp_path / "train.npz"
    with pytest.raises(Refused, match=r"train\.npz is missing$"):
        samples.read_samples(file)
    samples.save(file, three)
    with pytest.raises(Refused, match=r"is not what it should be: .*mean"):
        samples.read_scaler(file)
    whole = file.read_bytes()
    for broken in (b"", whole[: len(whole) // 2], whole.replace(whole[900:1000], bytes(100), 1)):
        file.write_bytes(broken)
        with pytest.raises(Refused, match=r"train\.npz is damaged"):
            samples.read_samples(file)
