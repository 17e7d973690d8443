"""A served model: a function from rows to outputs, which the model's own files name.

MLflow copies this file into every logged model and runs the copy ("models from code"), beside a copy of the package
that the function is in. So it stands alone: nothing of this library may be imported here.
"""

import json
from importlib import import_module
from pathlib import Path

import mlflow
import numpy as np
from mlflow.exceptions import MlflowException
from mlflow.pyfunc import PythonModel


class ServedModel(PythonModel):
    """Takes rows (n, n_features) and gives outputs (n, n_outputs)."""

    def load_context(self, context):
        """Call the function that the artifact "served" names, {"load": "module:function"}, with the other artifacts."""
        import_module("request_limits").install()  # MLflow puts the copy beside the model onto Python's path
        files = {name: Path(path) for name, path in context.artifacts.items()}
        module, _, function = json.loads(files.pop("served").read_text())["load"].partition(":")
        self.outputs = getattr(import_module(module), function)(files)

    def predict(self, context, model_input: np.ndarray, params=None):
        """Raises MlflowException for rows that the model refuses; a server answers it with status 400."""
        try:
            return self.outputs(model_input)
        except ValueError as error:
            raise MlflowException.invalid_parameter_value(str(error)) from None


mlflow.models.set_model(ServedModel())
