"""What the samples of any source must be; each check raises ValueError that says what is wrong."""

import numpy as np

from ..blocks import blocks


def samples(x: np.ndarray, n_labels: int) -> None:
    """Samples must be images or rows of finite real numbers, and as many as labels."""
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
    """Samples of this shape must be images or rows, as many as labels."""
    if not (len(found) in (2, 3) or (len(found) == 4 and found[3] == 3)) or 0 in found:
        raise ValueError(f"X must be rows (n, n_features) or images (n, height, width[, 3]), not {found}")
    if found[0] != n_labels:
        raise ValueError(f"there are {found[0]} samples in X, but {n_labels} labels in y")
