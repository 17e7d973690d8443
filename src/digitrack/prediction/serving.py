"""Load the networks that MLflow serves: each function turns files, none of them pickled, into a model.

A model is a function from raw samples to probabilities. Logged models name these functions, and contain a copy of this
package.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from digitrack import Refused
from digitrack.data.arrays import read
from digitrack.data.sample_info import SampleInfo, read_sample_info
from digitrack.data.samples import read_scaler
from digitrack.data.scaled import Scaler
from digitrack.neural_net import NAMES, NeuralNet

Model = Callable[[np.ndarray], np.ndarray]


def numpy_net(files: Mapping[str, Path]) -> Model:
    """Load the network in the file `net`, an .npz file of its four arrays, with the scaling in `scaler`.

    The model takes rows (n, n_features) of pixels or features, as `about` describes them, and returns probabilities
    (n, n_classes). It raises ValueError for other rows. Raises Refused or ValueError when the files are damaged or
    don't fit together.
    """
    net = NeuralNet.from_arrays(*read(files["net"], NAMES))
    scaler, info = fitting(files, len(net.W_h))

    def probabilities(rows: np.ndarray) -> np.ndarray:
        return net.forward((info.checked(rows) - scaler.mean) / scaler.scale)

    return probabilities


def keras_net(files: Mapping[str, Path]) -> Model:
    """Load the same in Keras, also from an .npz file, as Keras' own format has different bytes after every training."""
    from digitrack.keras_net.network import load, on_raw_pixels  # imports TensorFlow, which numpy_net does not need

    try:
        net = load(files["net"])
    except ValueError as error:
        raise Refused(f"{files['net']}: {error}") from None
    scaler, info = fitting(files, net.input_shape[1])
    model = on_raw_pixels(net, scaler)

    def probabilities(rows: np.ndarray) -> np.ndarray:
        return model.predict_on_batch(info.checked(rows))

    return probabilities


def fitting(files: Mapping[str, Path], n_features: int) -> tuple[Scaler, SampleInfo]:
    """Return the scaling and the description of a network's samples. Raises Refused unless they have n_features."""
    scaler, info = read_scaler(files["scaler"]), read_sample_info(files["about"])
    if not len(scaler.mean) == n_features == info.n_features:
        raise Refused(
            f"{files['scaler']} scales {len(scaler.mean)} numbers, {files['net']} takes {n_features}, "
            f"{files['about']} describes {info.n_features}"
        )
    return scaler, info
