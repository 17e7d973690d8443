"""Question 7: how large the steps of optimizers are, update by update."""

from typing import Any

import numpy as np

from digitrack.keras_net.quiet import keras
from study.experiments.keras_network import network, train
from study.experiments.setting import six, training

EPOCHS = 30
BATCH_SIZE = 32
LOOKS = np.unique(np.round(np.geomspace(1, 34 * EPOCHS, 60)).astype(int))  # updates
OPTIMIZERS = {
    "SGD 0.5": lambda: keras.optimizers.SGD(0.5),
    "Adam 0.01": lambda: keras.optimizers.Adam(0.01),
    "Adadelta 1.0": lambda: keras.optimizers.Adadelta(1.0),
    "Adadelta 0.001": lambda: keras.optimizers.Adadelta(0.001),
}


def run() -> dict[str, Any]:
    return {"updates": LOOKS.tolist(), "rms": {name: followed(make()) for name, make in OPTIMIZERS.items()}}


def followed(optimizer: object) -> list[float]:
    """The root mean square of steps of the hidden layer's weights W_h, at the updates LOOKS."""
    x, y = training(0)
    model, sizes = network(optimizer), []
    weights = [model.get_weights()[0]]

    def look(update: int) -> None:
        weights.append(model.layers[0].kernel.numpy())
        sizes.append(rms(weights))

    train(model, x, y, BATCH_SIZE, look, epochs=EPOCHS)
    return six(np.array(sizes)[LOOKS - 1])


def rms(weights: list[np.ndarray]) -> float:
    """Of the step between the last two, of which the first is dropped."""
    before = weights.pop(0)
    return float(np.sqrt(np.mean((weights[0] - before) ** 2)))
