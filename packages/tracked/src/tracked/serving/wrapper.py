"""A served model: a function from rows to outputs, which the model's own files name.

MLflow copies this file into every logged model and runs the copy ("models from code"), beside a copy of the package
that the function is in. So it stands alone: nothing of this library may be imported here.
"""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
from mlflow.exceptions import MlflowException
from mlflow.pyfunc import PythonModel


class ServedModel(PythonModel):
    """Takes rows (n, n_features), or one row alone, and gives outputs (n, n_outputs)."""

    def load_context(self, context):
        """Call the function that the artifact "served" names, with the other artifacts.

        "served" is {"load": "module:function", "n_features": n, "columns": names of the features, or null}.
        """
        import_module("request_limits").install()  # MLflow puts the copy beside the model onto Python's path
        files = {name: Path(path) for name, path in context.artifacts.items()}
        served = json.loads(files.pop("served").read_text())
        module, _, function = served["load"].partition(":")
        self.files = files
        self.outputs, self.n_features = getattr(import_module(module), function)(files), served["n_features"]
        self.columns = served["columns"]

    def predict(self, context, model_input: np.ndarray, params=None):
        """Raises MlflowException for what are no rows, or refused by the model; a server answers it with status 400."""
        try:
            return self.outputs(as_rows(in_order(model_input, self.columns), self.n_features))
        except ValueError as error:
            raise Refusal.invalid_parameter_value(str(error)) from None


def in_order(given: Any, columns: list[str] | None) -> Any:
    """What a caller sends; of what has names (a DataFrame; a Series or a named tuple, alone or in a list) the numbers
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
    return np.asarray(given)[..., [names.index(name) for name in columns]]


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
