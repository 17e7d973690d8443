"""The network in Keras. The only module of the pipeline that imports Keras, and with it TensorFlow."""

from collections.abc import Callable
from typing import Any

import numpy as np
from hydra.utils import instantiate

from digitrack import config
from digitrack.arrays import Samples, Scaler
from digitrack.errors import UserError
from digitrack.quiet_keras import keras
from digitrack.quiet_keras import tensorflow as tf


def make(node: dict[str, Any], key: str) -> Any:
    """What a `_target_` node describes. Raises UserError that names the setting when Keras refuses it."""
    rate = node.get("learning_rate")
    try:
        return instantiate(node, **({"learning_rate": float(rate)} if isinstance(rate, int) else {}))  # Keras refuses 1
    except Exception as error:
        cause = error.__cause__ or error
        raise UserError(f"{key}: {node.get('_target_')}: {' '.join(str(cause).split())}") from None


def check(settings: config.TrainKeras) -> None:
    """Raises UserError when Keras does not know the optimizer or initializer, or their arguments."""
    for name, kind in (("optimizer", keras.Optimizer), ("kernel_initializer", keras.Initializer)):
        node = getattr(settings, name)
        if not isinstance(make(node, f"train_keras.{name}"), kind):
            raise UserError(f"train_keras.{name}: {node.get('_target_')} is not a Keras {kind.__name__}")


def fit(
    settings: config.TrainKeras,
    seed: int,
    train: Samples,
    n_classes: int,
    on_epoch: Callable[[int, Callable[[np.ndarray], np.ndarray]], bool],
) -> keras.Model:
    """Train; calls `on_epoch(epoch, predict)` after each epoch, predict giving (n, n_classes) probabilities.

    Ends when that returns True.
    """
    tf.get_logger().setLevel("ERROR")  # each model of a sweep is traced anew, which TensorFlow warns of
    keras.utils.clear_session()
    keras.config.disable_interactive_logging()  # no progress bars of Keras' own, which MLflow's trial call would show
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()

    def dense(n: int, activation: str) -> keras.layers.Layer:
        kernel = make(settings.kernel_initializer, "train_keras.kernel_initializer")
        return keras.layers.Dense(n, activation=activation, kernel_initializer=kernel)

    model = keras.Sequential(
        [keras.Input((train.x.shape[1],)), dense(settings.n_hidden, "sigmoid"), dense(n_classes, "softmax")]
    )
    model.compile(make(settings.optimizer, "train_keras.optimizer"), "categorical_crossentropy")

    def after_epoch(epoch: int, logs: dict) -> None:
        model.stop_training = on_epoch(epoch, model.predict_on_batch)

    callback = keras.callbacks.LambdaCallback(on_epoch_end=after_epoch)
    targets = keras.utils.to_categorical(train.y, n_classes)
    model.fit(
        train.x.astype(np.float32),
        targets,
        epochs=settings.epochs,
        batch_size=settings.batch_size,
        callbacks=[callback],
        verbose=0,
    )
    return model


def on_raw_pixels(model: keras.Model, scaler: Scaler) -> keras.Model:
    """The trained layers behind the scaling, so that the model takes pixels as they came."""
    scaling = keras.layers.Normalization(mean=scaler.mean, variance=scaler.scale**2)
    return keras.Sequential([keras.Input((len(scaler.mean),)), scaling, *model.layers])
