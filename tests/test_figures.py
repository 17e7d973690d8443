"""The pictures themselves are for eyes; here, that they come in every size and in the same bytes."""

import numpy as np
import pytest
from matplotlib.image import imread

from digitrack import figures


@pytest.mark.parametrize("n", [0, 1, 10, 23])
def test_error_grids_of_any_size_are_drawn_the_same_each_time(tmp_path, n):
    rows = [{"true": 1, "predicted": 7, "probability": 0.5}] * n
    images = np.random.default_rng(0).uniform(0, 16, (n, 8, 8))
    for name in ("a.png", "b.png"):
        figures.errors(tmp_path / name, "numpy", rows, images)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    ink = (imread(tmp_path / "a.png")[40:, :, :3] < 0.9).any(-1)
    assert ink.any() == (n > 0)
    assert not ink[:, -1].any()  # nothing is cut off at the right


def test_a_confusion_matrix_a_net_is_drawn(tmp_path):
    figures.confusion(tmp_path / "one.png", {"a": np.eye(3, dtype=int)})
    figures.confusion(tmp_path / "two.png", {"a": np.eye(3, dtype=int), "b": np.eye(3, dtype=int)})
    assert imread(tmp_path / "two.png").shape[1] == 2 * imread(tmp_path / "one.png").shape[1]
