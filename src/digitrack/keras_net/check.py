"""Whether the settings describe what Keras needs, found out without a training."""

from collections.abc import Callable
from typing import Any

from digitrack import Refused

from .quiet import keras


def check(optimizer: Callable[[], Any], kernel_initializer: Callable[[], Any]) -> None:
    """Make one of each, and let them make and change a few weights: some arguments are looked at only then.

    Raises Refused when it is no Keras optimizer or initializer, or can't do that; what they raise when made passes
    through.
    """
    changes, draws = optimizer(), kernel_initializer()
    require("optimizer", changes, keras.Optimizer)
    require("kernel_initializer", draws, keras.Initializer)
    try:
        weights = keras.Variable(draws((2, 3)))
    except Exception as error:
        raise Refused(f"kernel_initializer: {' '.join(str(error).split())}") from None
    try:
        changes.apply([keras.ops.ones((2, 3))], [weights])
    except Exception as error:
        raise Refused(f"optimizer: {' '.join(str(error).split())}") from None


def require(name: str, made: object, kind: type) -> None:
    """Raises Refused unless `made`, of the setting `name`, is of this kind."""
    if not isinstance(made, kind):
        found = f"{type(made).__module__}.{type(made).__qualname__}"
        raise Refused(f"{name}: {found} is not a Keras {kind.__name__}")
