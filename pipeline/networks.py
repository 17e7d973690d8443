"""The networks that are trained and compared, in the order in which they are shown.

A network NAME is trained by the stage train_NAME, which writes models/NAME.npz and reports/train_NAME/. An entry says
how that file becomes a function from scaled rows (n, n_features) to logits (n, n_classes), whose softmax gives
the probabilities. Logarithms of probabilities are such logits, too.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

Predict = Callable[["np.ndarray"], "np.ndarray"]


def four_arrays(file: Path) -> Predict:
    """Read a network with one hidden layer, whatever trained it. Raises Refused when the file is damaged."""
    from digitrack import Refused  # not above: NETWORKS is also read beside a model with its own digitrack
    from digitrack.data.arrays import read
    from digitrack.neural_net import NAMES, NeuralNet

    arrays = read(file, NAMES)
    try:
        return NeuralNet.from_arrays(*arrays).logits
    except ValueError as error:
        raise Refused(f"{file}: {error}") from None


NETWORKS: dict[str, Callable[[Path], Predict]] = {
    "keras": four_arrays,
    "numpy": four_arrays,
}
