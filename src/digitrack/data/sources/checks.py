"""Checks of the samples of any source. Each raises ValueError with a message that says what is wrong."""

import numpy as np

from ..blocks import blocks


def samples(x: np.ndarray, n_labels: int) -> None:
    """Check that x has images or rows of finite real numbers, one for each label."""
    if x.dtype.kind not in "biuf":
        raise ValueError(f"X must be numbers, not {x.dtype}")
    shape(x.shape, n_labels)
    if x.dtype.kind == "f":
        for rows in blocks(len(x)):
            wrong = np.argwhere(~np.isfinite(x[rows]))
            if len(wrong):
                row, *place = wrong[0].tolist()
                raise ValueError(
                    f"X[{', '.join(map(str, (rows.start + row, *place)))}] is {x[rows][tuple(wrong[0])]:g}: "
                    "all numbers must be finite"
                )


def shape(found: tuple[int, ...], n_labels: int) -> None:
    """Check that an array of this shape has images or rows, one for each label."""
    if not (len(found) in (2, 3) or (len(found) == 4 and found[3] == 3)) or 0 in found:
        raise ValueError(f"X must be rows (n, n_features) or images (n, height, width[, 3]), not {found}")
    if found[0] != n_labels:
        raise ValueError(f"there are {found[0]} samples in X, but {n_labels} labels in y")
