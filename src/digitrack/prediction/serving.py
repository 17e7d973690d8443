"""The networks as MLflow serves them: files in, a function from raw samples to probabilities out; nothing pickled.

Logged models name these functions, and carry a copy of this package.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from zipfile import ZipFile

import numpy as np

from digitrack import Refused
from digitrack.data.about import read_about
from digitrack.data.arrays import read
from digitrack.data.samples import read_scaler
from digitrack.neural_net import NAMES, NeuralNet

Model = Callable[[np.ndarray], np.ndarray]


def numpy_net(files: Mapping[str, Path]) -> Model:
    """The network in `net`, an .npz file of its four arrays, behind the scaling in `scaler`.

    Takes rows (n, n_features) of pixels or features, as `about` says, and returns probabilities (n, n_classes).
    It raises ValueError for anything else.
    """
    net, scaler = NeuralNet.from_arrays(*read(files["net"], NAMES)), read_scaler(files["scaler"])
    about = read_about(files["about"])
    if not len(scaler.mean) == len(net.W_h) == about.n_features:
        raise Refused(
            f"{files['scaler']} scales {len(scaler.mean)} numbers, {files['net']} takes {len(net.W_h)}, "
            f"{files['about']} tells of {about.n_features}"
        )

    def probabilities(rows: np.ndarray) -> np.ndarray:
        return net.forward((about.checked(rows) - scaler.mean) / scaler.scale)

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
    about = read_about(files["about"])
    if model.input_shape[1] != about.n_features:
        raise Refused(
            f"{files['model']} takes {model.input_shape[1]} numbers, {files['about']} tells of {about.n_features}"
        )

    def probabilities(rows: np.ndarray) -> np.ndarray:
        return model.predict_on_batch(about.checked(rows))

    return probabilities
