"""Load a CSV file with a header: one row per sample, one column with its class, numbers in all others."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from .. import csv_file
from ..source import Source
from .classes import coded
from .tables import features, row, shaped

if TYPE_CHECKING:
    import pandas as pd


def load(
    path: str, target: str, shape: list[int] | None = None, separator: str | None = None, drop: Sequence[str] = ()
) -> Source:
    """Load a file, `.csv` or `.csv.gz`; each row becomes an image of `shape`, if one is given.

    `target` is the column of classes. `separator` stands between cells; None takes it from the header. The columns
    `drop` are left out. Raises Refused.
    """
    with csv_file.named(path):
        table = _read(path, target, separator, drop)
        y, names = coded(table.pop(target).to_numpy(object), row)
        x, columns = features(table)
        return Source(shaped(x, shape), y, names, columns)


def labels(
    path: str, target: str, shape: list[int] | None = None, separator: str | None = None, drop: Sequence[str] = ()
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the classes (n,) and their names; the other columns are not kept."""
    with csv_file.named(path):
        return coded(_read(path, target, separator, drop, alone=True)[target].to_numpy(object), row)


def _read(path: str, target: str, separator: str | None, drop: Sequence[str], alone: bool = False) -> "pd.DataFrame":
    """Read the columns of target and features, or that of the target alone."""
    header, between = csv_file.header(path, separator)
    if not any(header):
        raise ValueError("it is empty, or its first line is")
    if twice := sorted({name for name in header if name and header.count(name) > 1}):
        raise ValueError(f"two columns are called {twice[0]!r}")
    for name in (target, *drop):
        if name not in header:
            raise ValueError(f"there is no column {name!r}: the header has {', '.join(header)}"[:300])
    if target in drop:
        raise ValueError(f"the column {target!r} has the classes: it can't be left out")
    if "" in header:
        raise ValueError(
            f"column {header.index('') + 1} has no name: give it one, or, if it only numbers the rows, delete it"
        )
    columns = [target] if alone else [name for name in header if name not in drop]
    return csv_file.read(path, header, between, columns, text=target, alone=alone)
