"""The practical's network in Keras: one hidden layer, trained by any of Keras' optimizers."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from digitrack.data.arrays import read
from digitrack.data.scaled import Scaled, Scaler

from .batches import Batches
from .quiet import keras
from .quiet import tensorflow as tf

AT_ONCE = 64 * 2**20  # bytes of x in float32: a larger x is read batch by batch, as TensorFlow would copy it whole
NAMES = ("W_h", "b_h", "W_o", "b_o")  # as in neural_net; if it were imported, edits there would retrain this


def fit(
    x: np.ndarray | Scaled,
    y: np.ndarray,
    n_classes: int,
    *,
    n_hidden: int,
    epochs: int,
    batch_size: int,
    optimizer: Callable[[], keras.Optimizer],
    kernel_initializer: Callable[[], keras.Initializer],
    seed: int,
    on_epoch: Callable[[int, keras.Model], bool],
    l2: float | None = None,
    rate_decay: float | None = None,
) -> keras.Model:
    """Train a network on scaled samples x (n, n_features) and their classes y (n,), integers from 0.

    x can also be an object that is not an array, if it has `.shape`, a length, and `x[places]`, the rows at a slice or
    at an array of integers. If it has more than AT_ONCE bytes, only a few batches are in memory at a time.
    `l2` adds l2 times the sum of all squared entries of the two kernels to the loss. After every epoch, the learning
    rate, which must not be a schedule then, is multiplied by `rate_decay`.
    After each epoch, `on_epoch(epoch, model)` is called, with the epoch's number from 0. Training ends when it returns
    True. The same seed gives the same bits.
    """
    start_afresh(seed)
    model = untrained(x.shape[1], n_hidden, n_classes, kernel_initializer, l2)
    model.compile(optimizer(), keras.losses.CategoricalCrossentropy(from_logits=True))

    def after_epoch(epoch: int, logs: dict) -> None:
        model.stop_training = on_epoch(epoch, model)

    one_hot = keras.utils.to_categorical(y, n_classes)
    if 4 * x.shape[0] * x.shape[1] <= AT_ONCE:
        given = {"x": np.asarray(x[:], np.float32), "y": one_hot, "batch_size": batch_size}
    else:
        given = {"x": Batches(x, one_hot, batch_size, seed), "shuffle": False}
    callbacks = [keras.callbacks.LambdaCallback(on_epoch_end=after_epoch)]
    if rate_decay is not None:
        rate = float(model.optimizer.learning_rate)
        callbacks.append(keras.callbacks.LearningRateScheduler(lambda epoch, _: rate * rate_decay**epoch))
    model.fit(**given, epochs=epochs, callbacks=callbacks, verbose=0)
    return model


def untrained(
    n_features: int,
    n_hidden: int,
    n_classes: int,
    kernel_initializer: Callable[[], keras.Initializer],
    l2: float | None = None,
) -> keras.Model:
    """Return the two layers, not compiled. They output logits: probabilities that round to 0 would limit the loss."""

    def layer(n: int, activation: str | None) -> keras.layers.Layer:
        decay = None if l2 is None else keras.regularizers.L2(l2)
        initializer = kernel_initializer()
        return keras.layers.Dense(n, activation, kernel_initializer=initializer, kernel_regularizer=decay)

    return keras.Sequential([keras.Input((n_features,)), layer(n_hidden, "sigmoid"), layer(n_classes, None)])


def start_afresh(seed: int) -> None:
    """Discard earlier models, and make all random numbers from here on depend on the seed."""
    keras.utils.clear_session()
    keras.config.disable_interactive_logging()  # no progress bars, which MLflow's trial call would show
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


def save(path: Path, weights: list[np.ndarray]) -> None:
    """Write a model's weights to an .npz file, under the numpy network's names. Equal weights give equal bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, allow_pickle=False, **dict(zip(NAMES, weights, strict=True)))


def load(path: Path) -> keras.Model:
    """Read a network that `save` wrote.

    Raises Refused when the file is missing or damaged, ValueError when its arrays don't fit together.
    """
    arrays = read(path, NAMES)
    (n_features, n_hidden), n_classes = arrays[0].shape, len(arrays[3])
    model = untrained(n_features, n_hidden, n_classes, keras.initializers.Zeros)
    model.set_weights(arrays)
    return model


def on_raw_pixels(model: keras.Model, scaler: Scaler) -> keras.Model:
    """Put the trained layers between scaling and softmax: the model takes raw pixels, and outputs probabilities.

    It scales in float64, as the training did: float32 would round a time in seconds since 1970 to two minutes.
    """
    scaling = keras.layers.Rescaling(1 / scaler.scale, -scaler.mean / scaler.scale, dtype="float64")
    return keras.Sequential(
        [keras.Input((len(scaler.mean),), dtype="float64"), scaling, *model.layers, keras.layers.Softmax()]
    )
