"""Whether the settings describe what Keras needs, found out without a training."""

from collections.abc import Callable
from typing import Any

from digitrack import Refused

from .quiet import keras

KERAS = (type, keras.Optimizer, keras.Layer)  # what can be called, and is no initializer


def check(optimizer: Callable[[], Any], kernel_initializer: Callable[[], Any], section: str = "") -> None:
    """Make one of each, and let them make and change a few weights: some arguments are looked at only then.

    Raises Refused, which names the setting in `section`, when it is no optimizer of Keras, or no initializer (a
    function of a shape is one, as in Keras), or can't do that; what they raise when made passes through.
    """
    changes, draws = optimizer(), kernel_initializer()
    if not isinstance(changes, keras.Optimizer):
        raise Refused(f"{section}optimizer: {_kind(changes)} is not a Keras Optimizer")
    if not isinstance(draws, keras.Initializer) and (isinstance(draws, KERAS) or not callable(draws)):
        raise Refused(f"{section}kernel_initializer: {_kind(draws)} is not a Keras Initializer")
    try:
        weights = keras.Variable(draws((2, 3), dtype="float32"))
        if weights.shape != (2, 3):
            raise ValueError(f"it gives weights of shape {weights.shape} where (2, 3) are asked for")
    except Exception as error:
        raise Refused(f"{section}kernel_initializer: {_line(error)}") from error
    try:
        changes.apply([keras.ops.ones((2, 3))], [weights])
    except Exception as error:
        raise Refused(f"{section}optimizer: {_line(error)}") from error


def _kind(made: object) -> str:
    return f"{type(made).__module__}.{type(made).__qualname__}"


def _line(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
