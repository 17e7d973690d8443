"""The practical's network in Keras: one hidden layer, trained by any of Keras' optimizers."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from digitrack.data.arrays import read
from digitrack.data.scaled import Scaled, Scaler

from .batches import Batches
from .quiet import keras
from .quiet import tensorflow as tf

AT_ONCE = 64 * 2**20  # bytes of x in float32: more is read batch by batch, as TensorFlow would hold copies of it all
NAMES = ("W_h", "b_h", "W_o", "b_o")  # as in neural_net; to import it, changes there would train this network again


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
    """A network trained on x (n, n_features), scaled, and the classes y (n,).

    x can also be an object that is no array, but has `.shape`, a length, and `x[places]`, its rows at a slice or at an
    array of integers: of more than AT_ONCE no more than a few batches are in memory at a time.
    With `l2`, what is minimised is the loss and l2 times the sum of all squared entries of the two kernels; with
    `rate_decay` every epoch has that share of the learning rate of the one before, which must be no schedule.
    After each epoch, calls `on_epoch(epoch, model)`, its number from 0. Training ends when it returns True. The same
    seed gives the same bits.
    """
    start_afresh(seed)
    model = untrained(x.shape[1], n_hidden, n_classes, kernel_initializer, l2)
    model.compile(optimizer(), "categorical_crossentropy")

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
    """The two layers, not compiled."""

    def layer(n: int, activation: str) -> keras.layers.Layer:
        decay = None if l2 is None else keras.regularizers.L2(l2)
        initializer = kernel_initializer()
        return keras.layers.Dense(n, activation, kernel_initializer=initializer, kernel_regularizer=decay)

    return keras.Sequential([keras.Input((n_features,)), layer(n_hidden, "sigmoid"), layer(n_classes, "softmax")])


def start_afresh(seed: int) -> None:
    """Forget earlier models, and draw everything that follows from the seed."""
    keras.utils.clear_session()
    keras.config.disable_interactive_logging()  # no progress bars of Keras' own, which MLflow's trial call would show
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


def save(path: Path, weights: list[np.ndarray]) -> None:
    """Write a model's weights to an .npz file, under the names that the numpy network gives them; same bytes again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, allow_pickle=False, **dict(zip(NAMES, weights, strict=True)))


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
