"""The numpy network as MLflow loads it: raw pixels in, class probabilities out; code and arrays, no pickle."""

import mlflow
import numpy as np
from mlflow.pyfunc import PythonModel


class NumpyModel(PythonModel):
    """Scales pixels (n, n_features) as the training data were, and returns probabilities (n, n_classes)."""

    def load_context(self, context):
        from neural_net import NeuralNet

        self.net = NeuralNet.load(context.artifacts["weights"])
        with np.load(context.artifacts["scaler"], allow_pickle=False) as scaler:
            self.mean, self.scale = scaler["mean"], scaler["scale"]

    def predict(self, context, model_input: np.ndarray, params=None):
        return self.net.forward((np.asarray(model_input, float) - self.mean) / self.scale)


mlflow.models.set_model(NumpyModel())
