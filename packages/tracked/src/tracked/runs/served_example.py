"""What a served model says of itself, and its own example put through it once, before it is logged."""

from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from tracked.errors import UserError
from tracked.outcome import Served
from tracked.runs import wrapper
from tracked.runs.result import Computer

KINDS = {"bool": types.is_bool_dtype, "number": types.is_numeric_dtype}  # the first that a column is of


def described(served: Served) -> dict[str, Any]:
    """What goes with the model: see the wrapper. Raises UserError for an example that no model takes."""
    example, outputs = served.example, served.outputs
    names = [str(name) for name in outputs.columns] if isinstance(outputs, pd.DataFrame) else None
    told = {"load": served.load, "n_features": None, "columns": None, "kinds": None, "outputs": names}
    if isinstance(example, bytes):
        return told
    if isinstance(example, pd.DataFrame):
        columns = [str(name) for name in example.columns]
        kinds = [_kind(served, name, example.iloc[:, at]) for at, name in enumerate(columns)]
        told |= {"columns": columns, "kinds": kinds}
    return {**told, "n_features": example.shape[1]}


def _kind(served: Served, name: str, column: pd.Series) -> str:
    there = column.dropna()
    if all(isinstance(cell, str) for cell in there) and not types.is_numeric_dtype(column):
        return "text"
    kind = next((kind for kind, is_one in KINDS.items() if is_one(there.infer_objects())), None)
    if kind is None:
        raise _refused(
            served, f"column {name} has {column.dtype}: a served model takes numbers, text and true or false"
        )
    return kind


def try_out(served: Served, told: dict[str, Any], computer: Computer) -> None:
    """Raises UserError when the model's function is not found, refuses the example, or answers in another shape."""
    try:
        found = computer.answers(served.load, served.files, wrapper.taken(served.example, told))
    except (UserError, ValueError) as error:
        raise _refused(served, str(error)) from None
    if found != np.shape(served.outputs):
        raise _refused(served, f"the model makes {found} of its example, but outputs= has {np.shape(served.outputs)}")


def _refused(served: Served, why: str) -> UserError:
    return UserError(f"Served({served.load!r}, ...): {' '.join(why.split())}")
