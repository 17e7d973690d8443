"""The practical's network in Keras, for experiments that look into a training."""

from collections.abc import Callable

import numpy as np

from digitrack.keras_net.network import start_afresh
from digitrack.keras_net.quiet import keras


def network(optimizer: object, n_hidden: int = 100, initializer: object = "glorot_uniform", seed: int = 0):
    """A compiled model that draws everything from the seed."""
    start_afresh(seed)
    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(n_hidden, activation="sigmoid", kernel_initializer=initializer),
            keras.layers.Dense(10, activation="softmax", kernel_initializer=initializer),
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
