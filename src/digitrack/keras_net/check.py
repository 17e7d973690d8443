"""Check, without training, that the settings describe an optimizer and an initializer of Keras."""

from collections.abc import Callable
from typing import Any

from digitrack import Refused

from .quiet import keras

KERAS = (type, keras.Optimizer, keras.Layer)  # callable, but not initializers


def check(optimizer: Callable[[], Any], kernel_initializer: Callable[[], Any], section: str = "") -> None:
    """Make one of each, and let them make and update a few weights: Keras checks some arguments only then.

    Raises Refused, naming the setting in `section`, when the first is not an optimizer of Keras, the second not an
    initializer (which can be a function of a shape, as in Keras), or when using them fails. Exceptions from making them
    pass through.
    """
    changes, draws = optimizer(), kernel_initializer()
    if not isinstance(changes, keras.Optimizer):
        raise Refused(f"{section}optimizer: {_kind(changes)} is not a Keras Optimizer")
    if not isinstance(draws, keras.Initializer) and (isinstance(draws, KERAS) or not callable(draws)):
        raise Refused(f"{section}kernel_initializer: {_kind(draws)} is not a Keras Initializer")
    try:
        weights = keras.Variable(draws((2, 3), dtype="float32"))
        if weights.shape != (2, 3):
            raise ValueError(f"it returns weights of shape {weights.shape} instead of (2, 3)")
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
