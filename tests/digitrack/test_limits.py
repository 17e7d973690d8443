"""The module digitrack.data.limits."""

import numpy as np

from digitrack.data import limits


def test_the_largest_pixel_comes_back_as_written(tmp_path):
    limits.write_limits(tmp_path / "a/limits.json", np.array([[3.0, 15.0], [0.0, 1.0]]))
    assert limits.read_largest(tmp_path / "a/limits.json") == 15
