"""Turn the columns of a pandas table into features."""

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


def row(place: int) -> str:
    """Name the sample at a place, counted from 0, for messages."""
    return f"row {place + 1}"


def features(table: "pd.DataFrame") -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the rows (n, n_features) of a table of numbers, and the names of its columns.

    Raises ValueError, naming column and row, when a cell is empty or not a finite number.
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
        else:  # texts, or pandas' own types of numbers, which may have missing values
            numbers = pd.to_numeric(column.astype(object), errors="coerce").to_numpy(float, na_value=np.nan)
        wrong = np.flatnonzero(~np.isfinite(numbers))
        if len(wrong):
            cell = column.iloc[wrong[0]]
            what = "is empty" if pd.isna(cell) else f"is {str(cell)[:40]!r}, which is not a finite number"
            what += " (decimals are written with a point)" if re.fullmatch(r"[-+]?\d+,\d+", str(cell).strip()) else ""
            raise ValueError(f"column {name}, {row(wrong[0])} {what}: features must be numbers")
        columns.append(numbers)
    x = np.empty((len(table), len(columns)), np.result_type(np.uint8, *columns))  # True becomes 1
    for place, numbers in enumerate(columns):
        x[:, place] = numbers
    return x, names


def shaped(x: np.ndarray, size: tuple[int, ...] | list[int] | None) -> np.ndarray:
    """Reshape rows to images of `size`, [height, width] or [height, width, 3]; with None, return them as they are.

    Raises ValueError when a row has another number of values.
    """
    if size is None:
        return x
    if x.shape[1] != np.prod(size):
        raise ValueError(f"shape={list(size)} needs {np.prod(size)} numbers per row, but there are {x.shape[1]}")
    return x.reshape(len(x), *size)
