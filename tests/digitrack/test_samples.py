import numpy as np
import pytest

from digitrack import Refused
from digitrack.data import samples
from digitrack.data.scaled import Scaled, Scaler


def save(folder, name, some):
    samples.save_samples(folder, name, some)
    samples.save_scaler(folder / "scaler.npz", some.x.scaler)


def test_samples_come_back_as_saved_in_the_same_bytes(tmp_path, three):
    for name in ("a", "b"):
        save(tmp_path / "data", name, three)
    again = samples.read_samples(tmp_path / "data", "a")
    assert again.raw.dtype == three.raw.dtype
    for array, other in zip(three, again, strict=True):
        np.testing.assert_array_equal(array, other)
    for kind in ("npy", "npz"):
        assert (tmp_path / f"data/a.{kind}").read_bytes() == (tmp_path / f"data/b.{kind}").read_bytes()


def test_the_samples_are_read_where_they_are_used_and_cannot_be_changed(tmp_path, three):
    save(tmp_path, "train", three)
    raw = samples.read_samples(tmp_path, "train").raw
    assert not raw.flags.owndata
    with pytest.raises(ValueError, match="read-only"):
        raw[0] = 1


def test_a_scaler_comes_back_as_saved(tmp_path):
    scaler = Scaler(np.arange(3.0), np.ones(3))
    samples.save_scaler(tmp_path / "scaler.npz", scaler)
    for array, again in zip(scaler, samples.read_scaler(tmp_path / "scaler.npz"), strict=True):
        np.testing.assert_array_equal(array, again)


def test_nothing_pickled_is_loaded(tmp_path, three):
    np.savez(tmp_path / "evil.npz", mean=np.array([object()]), scale=np.ones(1))
    with pytest.raises(Refused, match=r"evil\.npz is damaged"):
        samples.read_scaler(tmp_path / "evil.npz")
    save(tmp_path, "train", three)
    np.save(tmp_path / "train.npy", np.array([object()]), allow_pickle=True)
    with pytest.raises(Refused, match=r"train\.npy is damaged"):
        samples.read_samples(tmp_path, "train")


def test_a_missing_a_truncated_and_another_file_are_told_apart(tmp_path, three):
    with pytest.raises(Refused, match=r"scaler\.npz is missing$"):
        samples.read_samples(tmp_path, "train")
    save(tmp_path, "train", three)
    with pytest.raises(Refused, match=r"is not valid: .*mean"):
        samples.read_scaler(tmp_path / "train.npz")
    for kind in ("npy", "npz"):
        file = tmp_path / f"train.{kind}"
        whole = file.read_bytes()
        file.unlink()
        with pytest.raises(Refused, match=rf"train\.{kind} is missing$"):
            samples.read_samples(tmp_path, "train")
        changed = whole[:140] + bytes(byte ^ 1 for byte in whole[140:150]) + whole[150:]
        for broken in (b"", whole[: len(whole) // 2], changed):
            file.write_bytes(broken)
            with pytest.raises(Refused, match=rf"train\.{kind} is (damaged|not valid)"):
                samples.read_samples(tmp_path, "train")
        file.write_bytes(whole)


def test_samples_of_another_file_are_refused(tmp_path, three):
    save(tmp_path, "train", three)
    samples.save_samples(tmp_path, "test", three._replace(raw=three.raw[::-1]))
    (tmp_path / "test.npy").replace(tmp_path / "train.npy")
    with pytest.raises(Refused, match=r"train\.npy is damaged, or does not belong to train\.npz"):
        samples.read_samples(tmp_path, "train")


def test_parts_that_do_not_belong_together_are_refused(tmp_path):
    raw = np.arange(12.0).reshape(3, 2, 2)
    scaler = Scaler(raw.reshape(3, 4).mean(axis=0), np.full(4, 2.0))

    def of(raw, ids, y):
        return samples.Samples(np.array(ids), raw, Scaled(raw, scaler), np.array(y))

    train, validation = of(raw, [4, 2, 0], [0, 1, 1]), of(raw[::-1] + 0.5, [1, 3, 5], [0, 1, 1])
    samples.belong_together(train, validation, tmp_path)
    for first, second, told in (
        (validation, train, "the scaler was not fitted to train"),
        (train, train, "samples in common"),
        (train, validation._replace(y=np.array([0, 1, 2])), "differ in their classes"),
        (train, of(raw.reshape(3, 4), [1, 3, 5], [0, 1, 1]), "samples differ in size"),
    ):
        with pytest.raises(Refused, match=f"don't belong together: .*{told}"):
            samples.belong_together(first, second, tmp_path)
