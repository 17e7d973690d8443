"""The data set in three parts: one to learn from, one to choose by, and one that only `evaluate` sees."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from NAME import Refused, files

NAMES = ("train", "validation", "test")


@dataclass(frozen=True)
class Part:
    x: np.ndarray  # (n, n_features)
    y: np.ndarray  # (n,): classes from 0


def split(x: np.ndarray, y: np.ndarray, shares: dict[str, float], seed: int) -> dict[str, Part]:
    """Each class drawn into the parts of NAMES by their shares.

    Raises Refused when the data are no rows of numbers with a class each, or too few for every part to have each class.
    """
    _check(x, y)
    random, cuts = np.random.default_rng(seed), np.cumsum([shares[name] for name in NAMES])[:-1]
    chosen: dict[str, list[np.ndarray]] = {name: [] for name in NAMES}
    for k in range(y.max() + 1):
        of_class = random.permutation(np.flatnonzero(y == k))
        for name, places in zip(NAMES, np.split(of_class, np.rint(cuts * len(of_class)).astype(int)), strict=True):
            if not len(places):
                raise Refused(f"split.{name}: {shares[name]:g} of the {len(of_class)} samples of class {k} is none")
            chosen[name].append(places)
    where = {name: np.sort(np.concatenate(places)) for name, places in chosen.items()}
    return {name: Part(x[places], y[places]) for name, places in where.items()}


def _check(x: np.ndarray, y: np.ndarray) -> None:
    if x.ndim != 2 or x.dtype.kind not in "iuf" or not np.isfinite(x).all():
        raise Refused(f"the data set: x must be rows of finite numbers, not {x.dtype} {x.shape}")
    if y.shape != x.shape[:1] or y.dtype.kind not in "iu" or set(y) != {*range(len(set(y)))} or len(set(y)) < 2:
        raise Refused("the data set: y must be a class a row, from 0, two classes or more, none left out")


def write(file: Path, part: Part) -> None:
    files.write(file, x=part.x, y=part.y)


def read(file: Path) -> Part:
    """Raises Refused when the file is missing or damaged."""
    return Part(*files.read(file, "x", "y"))
