"""The numpy network as MLflow loads it: raw pixels in, class probabilities out; code and arrays, no pickle."""

import mlflow
import numpy as np
from mlflow.exceptions import MlflowException
from mlflow.pyfunc import PythonModel


class NumpyModel(PythonModel):
    """Scales pixels (n, n_features) as the training data were, and returns probabilities (n, n_classes)."""

    def load_context(self, context):
        import pixels
        from neural_net import NeuralNet

        self.checked, self.largest = pixels.checked, pixels.largest(context.artifacts["pixels"])
        self.net = NeuralNet.load(context.artifacts["weights"])
        with np.load(context.artifacts["scaler"], allow_pickle=False) as scaler:
            self.mean, self.scale = scaler["mean"], scaler["scale"]

    def predict(self, context, model_input: np.ndarray, params=None):
        try:
            rows = self.checked(model_input, len(self.net.W_h), self.largest)
        except ValueError as error:
            raise MlflowException.invalid_parameter_value(str(error)) from None
        return self.net.forward((rows - self.mean) / self.scale)


mlflow.models.set_model(NumpyModel())
