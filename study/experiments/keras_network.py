"""The practical's network in Keras, for experiments that look into a training."""

from collections.abc import Callable

import numpy as np

from digitrack.keras_net.network import start_afresh
from digitrack.keras_net.quiet import keras


def network(optimizer: object, initializers: tuple = ("glorot_uniform", "glorot_uniform"), seed: int = 0):
    """A compiled model of 100 hidden units that draws everything from the seed; an initializer for each layer."""
    start_afresh(seed)
    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(100, activation="sigmoid", kernel_initializer=initializers[0]),
            keras.layers.Dense(10, activation="softmax", kernel_initializer=initializers[1]),
        ]
    )
    model.compile(optimizer, "categorical_crossentropy")
    return model


def train(model, x: np.ndarray, y: np.ndarray, batch_size: int, after: Callable[[int], None], **fit: object) -> None:
    """`fit`, which calls `after` with the number of every update."""
    updates = iter(range(1, 10**9))
    callback = keras.callbacks.LambdaCallback()
    callback.on_train_batch_end = lambda batch, logs=None: after(next(updates))
    model.fit(x.astype(np.float32), y, batch_size=batch_size, callbacks=[callback], verbose=0, **fit)
