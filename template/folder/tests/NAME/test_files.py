"""Files of arrays: whole, or refused in a line."""

import numpy as np
import pytest

from NAME import Refused, files


def test_what_is_written_is_read(tmp_path):
    files.write(tmp_path / "new/a.npz", a=np.arange(3), b=np.eye(2))
    a, b = files.read(tmp_path / "new/a.npz", "a", "b")
    assert ([*a], b.tolist()) == ([0, 1, 2], [[1, 0], [0, 1]])


def test_what_is_missing_or_damaged_is_refused(tmp_path):
    file = tmp_path / "a.npz"
    with pytest.raises(Refused, match=r"a\.npz is missing$"):
        files.read(file, "a")
    files.write(file, a=np.arange(300))
    with pytest.raises(Refused, match=r"a\.npz is damaged \(.*b"):
        files.read(file, "b")
    for damaged in (b"", b"no archive", file.read_bytes()[:200]):
        file.write_bytes(damaged)
        with pytest.raises(Refused, match=r"a\.npz is damaged"):
            files.read(file, "a")
