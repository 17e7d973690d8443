"""A served model: a function from rows to outputs, or from the content of a file, which the model's own files name.

MLflow copies this file into every logged model and runs the copy ("models from code"), beside a copy of the package
that the function is in. So it stands alone: nothing of this library may be imported here.
"""

import binascii
import json
from base64 import b64decode
from importlib import import_module
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.pyfunc import PythonModel


class ServedModel(PythonModel):
    """Takes rows (n, n_features), one row alone, or the content of a file, and gives outputs (n, n_outputs)."""

    def load_context(self, context):
        """Call the function that the artifact "served" names, with the other artifacts.

        "served" is {"load": "module:function", "n_features": n, "columns": names of the features, or null, "kinds": of
        each of them, "number", "text" or "bool", or null, "outputs": their names, or null}; n is null for a file.
        """
        files = {name: Path(path) for name, path in context.artifacts.items()}
        self.served = json.loads(files.pop("served").read_text())
        module, _, function = self.served["load"].partition(":")
        self.files, self.outputs = files, getattr(import_module(module), function)(files)

    def predict(self, context, model_input: np.ndarray, params=None):
        """Raises MlflowException for what are no rows, or refused by the model; a server answers it with status 400."""
        try:
            return self.outputs(taken(model_input, self.served))
        except ValueError as error:
            raise Refusal.invalid_parameter_value(str(error)) from None


def taken(given: Any, served: dict[str, Any]) -> Any:
    """What a caller sends as the model's function takes it: floats (n, n_features), or a DataFrame where a column has
    no numbers, or the bytes of a file. Raises ValueError."""
    columns, kinds, n_features = served["columns"], served["kinds"], served["n_features"]
    if n_features is None:
        return content(given)
    if isinstance(given, dict):  # of columns, as a server is sent them
        given = table_of(given)
    is_table = any(kind != "number" for kind in kinds or ())
    given = in_order(given, columns)
    if not hasattr(given, "columns"):
        if not is_table:
            return as_rows(given, n_features)
        if getattr(given, "dtype", np.dtype(object)).kind == "U" and any(kind != "text" for kind in kinds):
            raise ValueError("text and numbers in rows without names: send dataframe_split or dataframe_records")
        given = frame(given, columns)
    if columns is None or given.shape[1] != n_features:
        return as_rows(given, n_features)
    cells = given.set_axis(range(n_features), axis=1)
    table = pd.DataFrame(
        {name: column(cells[at], kinds[at], name) for at, name in enumerate(columns)}, index=given.index
    )
    return table if is_table else as_rows(table, n_features)


def content(given: Any) -> bytes:
    """The bytes of a file; text, which is all that JSON has, is their base64. Raises ValueError."""
    try:
        return given if isinstance(given, bytes) else b64decode(str(given), validate=True)
    except (TypeError, binascii.Error, ValueError):
        raise ValueError("inputs must be the content of one file in base64") from None


def table_of(columns: dict[str, Any]) -> pd.DataFrame:
    """Raises ValueError."""
    try:
        return pd.DataFrame({name: np.asarray(cells, dtype=object) for name, cells in columns.items()})
    except ValueError:
        raise ValueError("columns must be of one length, with a cell a row") from None


def frame(rows: Any, columns: list[str]) -> pd.DataFrame:
    """Rows without names, or one row alone, as a table. Raises ValueError."""
    if isinstance(rows, str) or not hasattr(rows, "__len__") or not len(rows):
        raise ValueError(f"rows must be of {len(columns)} cells: {', '.join(columns)}"[:500])
    whole = (
        [list(row) for row in rows] if all(isinstance(row, (list, tuple, np.ndarray)) for row in rows) else [[*rows]]
    )
    if any(len(row) != len(columns) for row in whole):
        raise ValueError(f"rows must be of {len(columns)} cells: {', '.join(columns)}"[:500])
    return pd.DataFrame(whole, columns=columns, dtype=object)


TYPES = {"number": (int, float, np.number), "text": (str,), "bool": (bool, np.bool_)}


def column(cells: pd.Series, kind: str, name: str) -> pd.Series:
    """A column, as its kind says: missing cells are NaN, which the model takes or refuses. Raises ValueError."""
    there = cells.notna()
    for cell in cells[there]:
        if not isinstance(cell, TYPES[kind]) or (kind == "number" and isinstance(cell, (bool, np.bool_))):
            raise ValueError(f"column {name} must be {kind}: there is {cell!r}"[:300])
    plain = cells.astype(object).where(there, np.nan)
    return plain.astype(float) if kind == "number" else plain.astype(bool) if kind == "bool" and there.all() else plain


def in_order(given: Any, columns: list[str] | None) -> Any:
    """What a caller sends; of what has names (a DataFrame; a Series or a named tuple, alone or in a list) the cells
    by their names, in the order of `columns`.

    Raises ValueError when a name is missing or unknown: the numbers would be taken for another feature's.
    """
    if type(given) in (list, tuple):
        return [in_order(row, columns) if names_of(row) else row for row in given]
    names = names_of(given)
    if names == [str(number) for number in range(len(names))]:  # it was made without names
        return given
    if columns is None:
        raise ValueError(f"the features have no names, but columns have ({names[0]}, ...): send the numbers alone")
    if sorted(names) != sorted(columns):
        wrong = [f"no {name}" for name in columns if name not in names] + [
            name for name in names if name not in columns
        ]
        raise ValueError(f"columns must be {', '.join(columns)}: {', '.join(wrong) or 'a name stands twice'}"[:500])
    order = [names.index(name) for name in columns]
    return given.iloc[:, order] if hasattr(given, "columns") else np.asarray(given)[..., order]


def names_of(given: Any) -> list[str]:
    """What the columns of a DataFrame, the entries of a Series or the fields of a named tuple are called; [] for what
    has no names."""
    for attribute in ("columns", "index", "_fields"):
        names = getattr(given, attribute, ())
        if not callable(names) and len(names):
            return [str(name) for name in names]
    return []


def as_rows(given: Any, n_features: int) -> np.ndarray:
    """What a caller sends, arrays or lists of numbers of any type, as floats (n, n_features). Raises ValueError."""
    try:
        rows = np.asarray(given)
    except ValueError:
        raise ValueError(f"rows must be of one length, {n_features}") from None
    if rows.dtype.kind not in "iuf":
        raise ValueError(f"rows must be numbers, not {rows.dtype}")
    if rows.ndim == 1:
        rows = rows[None]
    if rows.ndim != 2 or rows.shape[1] != n_features:
        raise ValueError(f"rows must be (n, {n_features}), not {rows.shape}")
    return rows.astype(float)


class Refusal(MlflowException):
    """What the caller did wrong. Its message stays as it is: MLflow's server would put the whole request before it."""

    def __setattr__(self, name, value):
        if not (name == "message" and hasattr(self, name)):
            super().__setattr__(name, value)


mlflow.models.set_model(ServedModel())
