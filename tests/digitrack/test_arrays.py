"""An .npz file is read whole, or refused."""

import contextlib
import io

import numpy as np
import pytest

from digitrack import Refused
from digitrack.data.arrays import read

ARRAYS = {"a": np.arange(12.0).reshape(3, 4), "b": np.array(7)}


def packed(arrays):
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def test_no_bit_can_flip_unnoticed(tmp_path):
    content, file, unchanged = packed(ARRAYS), tmp_path / "some.npz", 0
    for at in range(len(content)):
        file.write_bytes(content[:at] + bytes([content[at] ^ 1 << at % 8]) + content[at + 1 :])
        with contextlib.suppress(Refused):
            for array, expected in zip(read(file, ("a", "b")), ARRAYS.values(), strict=True):
                np.testing.assert_array_equal(array, expected, strict=True)
            unchanged += 1
    assert unchanged < len(content) / 2


def test_a_file_with_other_arrays_is_told_from_a_damaged_one(tmp_path):
    file = tmp_path / "some.npz"
    for arrays in (ARRAYS | {"c": np.ones(1)}, {"a": np.ones(1)}):
        file.write_bytes(packed(arrays))
        with pytest.raises(Refused, match=r"is not valid: it must hold a, b, not a"):
            read(file, ("a", "b"))
    np.save(file.with_suffix(""), np.ones(3))
    for content in (file.with_suffix(".npy").read_bytes(), b"a,b\n1,2\n", packed(ARRAYS)[:-9]):
        file.write_bytes(content)
        with pytest.raises(Refused, match=r"some\.npz is damaged"):
            read(file, ("a", "b"))
    file.unlink()
    with pytest.raises(Refused, match=r"some\.npz is missing"):
        read(file, ("a", "b"))
    file.mkdir()
    with pytest.raises(Refused, match=r"some\.npz can't be read: Is a directory"):
        read(file, ("a", "b"))
