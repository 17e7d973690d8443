"""The Keras network as MLflow loads it: raw pixels in, class probabilities out; a .keras file, no pickle."""

import mlflow
import numpy as np
from mlflow.exceptions import MlflowException
from mlflow.pyfunc import PythonModel


class KerasModel(PythonModel):
    """Gives pixels (n, n_features) to the Keras model, which scales them; returns probabilities (n, n_classes)."""

    def load_context(self, context):
        import pixels
        from quiet_keras import keras

        self.checked, self.largest = pixels.checked, pixels.largest(context.artifacts["pixels"])
        self.model = keras.saving.load_model(context.artifacts["model"])

    def predict(self, context, model_input: np.ndarray, params=None):
        try:
            rows = self.checked(model_input, self.model.input_shape[1], self.largest)
        except ValueError as error:
            raise MlflowException.invalid_parameter_value(str(error)) from None
        return self.model.predict_on_batch(rows)


mlflow.models.set_model(KerasModel())
