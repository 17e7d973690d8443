"""Number classes from 0 to k - 1, whatever their labels are, and name them."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np

WHOLE = re.compile("0|-?[1-9][0-9]{0,17}")  # as Python writes it: 01 is a text


def coded(labels: Any, where: Callable[[int], str] = "sample {}".format) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return classes (n,), int64, and their names, sorted, for labels (n,): whole numbers or texts.

    `where` names a label by its place from 0, for messages. Raises ValueError when a label is missing, or neither a
    whole number nor a text, when there are fewer than two classes, or when a class has a single sample.
    """
    found = np.asarray(labels)
    if found.ndim != 1:
        raise ValueError(f"the labels must be (n,), not {found.shape}")
    if found.dtype.kind in "OUT":
        found = _of_texts(found, where)
    elif found.dtype.kind == "f":
        odd = np.flatnonzero(~np.isfinite(found) | (found != np.floor(found)) | (abs(found) >= 2**53))
        if len(odd):
            raise ValueError(f"the label of {where(odd[0])} is {found[odd[0]]:g}: it must be a whole number or a text")
        found = found.astype(np.int64)
    elif found.dtype.kind not in "biu":
        raise ValueError(f"labels must be whole numbers or texts, not {found.dtype}")
    kinds, first, y, counts = np.unique(found, return_index=True, return_inverse=True, return_counts=True)
    names = tuple(str(kind)[:100] for kind in kinds.tolist())
    if len(names) < 2:
        raise ValueError(f"there is only one class, {names[0]}" if names else "there are no samples")
    if len(single := np.flatnonzero(counts == 1)):
        more = f" ({len(single)} classes have only one)" if len(single) > 1 else ""
        raise ValueError(
            f"class {names[single[0]]} has only one sample, {where(first[single[0]])}{more}: each part of the split "
            "needs some; are these the classes?"
        )
    if len(set(names)) < len(names):
        raise ValueError("names of classes must differ in their first 100 characters")
    return y.astype(np.int64), names


def _of_texts(labels: np.ndarray, where: Callable[[int], str]) -> np.ndarray:
    """Return texts without spaces around them, or whole numbers if all of them are."""
    texts = ["" if label is None or label != label else str(label).strip() for label in labels.tolist()]
    for place, text in enumerate(texts):
        if not text:
            raise ValueError(f"the label of {where(place)} is missing")
    if all(WHOLE.fullmatch(text) for text in texts):
        return np.array([int(text) for text in texts], np.int64)
    return np.array(texts)
