"""The module digitrack.data.limits."""

import numpy as np
import pytest

from digitrack import Refused
from digitrack.data import limits


def test_the_largest_pixel_comes_back_as_written(tmp_path):
    limits.write_limits(tmp_path / "a/limits.json", np.array([[3.0, 15.0], [0.0, 1.0]]))
    assert limits.read_largest(tmp_path / "a/limits.json") == 15


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "is missing"),
        (b"", "is damaged"),
        (b"\xff", "is damaged"),
        (b"[" * 100_000, "is damaged"),
        (b"[]", "is not what it should be"),
        (b'{"largest": NaN}', "is not what it should be"),
        (b'{"largest": -1.0}', "is not what it should be"),
        (b'{"largest": 1e99}', "is not what it should be"),
        (b'{"largest": true}', "is not what it should be"),
        (b'{"smallest": 1.0}', "is not what it should be"),
    ],
)
def test_a_file_without_a_limit_is_named(tmp_path, content, told):
    if content is not None:
        (tmp_path / "limits.json").write_bytes(content)
    with pytest.raises(Refused, match=rf"limits\.json {told}"):
        limits.read_largest(tmp_path / "limits.json")
