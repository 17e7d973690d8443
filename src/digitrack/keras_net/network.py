"""The practical's network in Keras: one hidden layer, trained by any of Keras' optimizers."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from digitrack.data.arrays import read
from digitrack.data.samples import Scaler

from .quiet import keras
from .quiet import tensorflow as tf

NAMES = ("W_h", "b_h", "W_o", "b_o")  # as in neural_net; to import it, changes there would train this network again


def fit(
    x: np.ndarray,
    y: np.ndarray,
    n_classes: int,
    *,
    n_hidden: int,
    epochs: int,
    batch_size: int,
    optimizer: Callable[[], keras.Optimizer],
    kernel_initializer: Callable[[], keras.Initializer],
    seed: int,
    on_epoch: Callable[[int, Callable[[np.ndarray], np.ndarray]], bool],
) -> keras.Model:
    """A network trained on x (n, n_features), scaled, and the classes y (n,).

    After each epoch, calls `on_epoch(epoch, predict)`: its number from 0, and a function from (m, n_features) to
    probabilities (m, n_classes). Training ends when it returns True. The same seed gives the same bits.
    """
    start_afresh(seed)
    model = untrained(x.shape[1], n_hidden, n_classes, kernel_initializer)
    model.compile(optimizer(), "categorical_crossentropy")

    def after_epoch(epoch: int, logs: dict) -> None:
        model.stop_training = on_epoch(epoch, model.predict_on_batch)

    model.fit(
        np.asarray(x, np.float32),
        keras.utils.to_categorical(y, n_classes),
        epochs=epochs,
        batch_size=batch_size,
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=after_epoch)],
        verbose=0,
    )
    return model


def untrained(
    n_features: int, n_hidden: int, n_classes: int, kernel_initializer: Callable[[], keras.Initializer]
) -> keras.Model:
    """The two layers, not compiled."""
    return keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(n_hidden, activation="sigmoid", kernel_initializer=kernel_initializer()),
            keras.layers.Dense(n_classes, activation="softmax", kernel_initializer=kernel_initializer()),
        ]
    )


def start_afresh(seed: int) -> None:
    """Forget earlier models, and draw everything that follows from the seed."""
    keras.utils.clear_session()
    keras.config.disable_interactive_logging()  # no progress bars of Keras' own, which MLflow's trial call would show
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


def save(path: Path, model: keras.Model) -> None:
    """Write the trained arrays to an .npz file, under the names that the numpy network gives them; same bytes again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, allow_pickle=False, **dict(zip(NAMES, model.get_weights(), strict=True)))


def load(path: Path) -> keras.Model:
    """The network in a file that `save` wrote. Raises Refused when it is missing or damaged."""
    arrays = read(path, NAMES)
    (n_features, n_hidden), n_classes = arrays[0].shape, len(arrays[3])
    model = untrained(n_features, n_hidden, n_classes, keras.initializers.Zeros)
    model.set_weights(arrays)
    return model


def on_raw_pixels(model: keras.Model, scaler: Scaler) -> keras.Model:
    """The trained layers behind the scaling, so that the model takes pixels as they came."""
    scaling = keras.layers.Normalization(mean=scaler.mean, variance=scaler.scale**2)
    return keras.Sequential([keras.Input((len(scaler.mean),)), scaling, *model.layers])
