"""The networks as MLflow serves them: files in, a function from raw pixels to probabilities out; nothing pickled.

Logged models name these functions, and carry a copy of this package.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from zipfile import ZipFile

import numpy as np

from digitrack import Refused
from digitrack.data.arrays import read
from digitrack.data.limits import read_largest
from digitrack.data.samples import read_scaler
from digitrack.neural_net import NAMES, NeuralNet

from .pixels import checked

Model = Callable[[np.ndarray], np.ndarray]


def numpy_net(files: Mapping[str, Path]) -> Model:
    """The network in `net`, an .npz file of its four arrays, behind the scaling in `scaler`.

    Takes pixels (n, n_features) from 0 to what `limits` says, and returns probabilities (n, n_classes).
    It raises ValueError for anything else.
    """
    net, scaler = NeuralNet.from_arrays(*read(files["net"], NAMES)), read_scaler(files["scaler"])
    n_features, largest = len(net.W_h), read_largest(files["limits"])
    if len(scaler.mean) != n_features:
        raise Refused(f"{files['scaler']} scales {len(scaler.mean)} pixels, but {files['net']} takes {n_features}")

    def probabilities(rows: np.ndarray) -> np.ndarray:
        return net.forward((checked(rows, n_features, largest) - scaler.mean) / scaler.scale)

    return probabilities


def keras_net(files: Mapping[str, Path]) -> Model:
    """The Keras model in `model`, which scales by itself; takes, returns and raises what `numpy_net` does."""
    from digitrack.keras_net.quiet import keras  # imports TensorFlow, which the other network does without

    try:
        with ZipFile(files["model"]) as file:
            if bad := file.testzip():  # Keras would not look at a checksum
                raise ValueError(f"bad checksum of {bad}")
        model = keras.saving.load_model(files["model"])
    except Exception as error:  # over damaged bytes, zipfile, HDF5 and Keras raise whatever comes
        raise Refused(f"{files['model']} can't be loaded ({' '.join(str(error).split())[:200]})") from None
    largest = read_largest(files["limits"])
    n_features = model.input_shape[1]

    def probabilities(rows: np.ndarray) -> np.ndarray:
        return model.predict_on_batch(checked(rows, n_features, largest))

    return probabilities
