"""Columns of a pandas table as features."""

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


def row(place: int) -> str:
    """What messages call the sample at a place from 0."""
    return f"row {place + 1}"


def features(table: "pd.DataFrame") -> tuple[np.ndarray, tuple[str, ...]]:
    """The rows (n, n_features) of a table of numbers, and the names of its columns.

    Raises ValueError, which names column and row, when a cell is empty or no finite number.
    """
    import pandas as pd

    names = tuple(str(name) for name in table.columns)
    if not names:
        raise ValueError("there is no column besides the target's")
    columns = []
    for name in table.columns:
        column = table[name]
        if column.dtype.kind in "biuf" and isinstance(column.dtype, np.dtype):
            numbers = column.to_numpy()
        else:  # texts; or pandas' own numbers, among which some may be missing
            numbers = pd.to_numeric(column.astype(object), errors="coerce").to_numpy(float, na_value=np.nan)
        wrong = np.flatnonzero(~np.isfinite(numbers))
        if len(wrong):
            cell = column.iloc[wrong[0]]
            what = "is empty" if pd.isna(cell) else f"is {str(cell)[:40]!r}, which is no finite number"
            what += " (decimals are written with a point)" if re.fullmatch(r"[-+]?\d+,\d+", str(cell).strip()) else ""
            raise ValueError(f"column {name}, {row(wrong[0])} {what}: features must be numbers")
        columns.append(numbers)
    x = np.empty((len(table), len(columns)), np.result_type(np.uint8, *columns))  # true is 1
    for place, numbers in enumerate(columns):
        x[:, place] = numbers
    return x, names


def shaped(x: np.ndarray, size: tuple[int, ...] | list[int] | None) -> np.ndarray:
    """Rows as images of this size, [height, width] or [height, width, 3], if one is given. Raises ValueError."""
    if size is None:
        return x
    if x.shape[1] != np.prod(size):
        raise ValueError(f"shape={list(size)} takes {np.prod(size)} numbers a row, but there are {x.shape[1]}")
    return x.reshape(len(x), *size)
