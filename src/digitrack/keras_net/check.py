"""Whether the settings describe what Keras needs, found out without a training."""

from collections.abc import Callable

from digitrack import Refused

from .quiet import keras


def check(optimizer: Callable[[], object], kernel_initializer: Callable[[], object]) -> None:
    """Make one of each. Raises Refused when it is no Keras optimizer or initializer; what they raise passes through."""
    require("optimizer", optimizer(), keras.Optimizer)
    require("kernel_initializer", kernel_initializer(), keras.Initializer)


def require(name: str, made: object, kind: type) -> None:
    """Raises Refused unless `made`, of the setting `name`, is of this kind."""
    if not isinstance(made, kind):
        found = f"{type(made).__module__}.{type(made).__qualname__}"
        raise Refused(f"{name}: {found} is not a Keras {kind.__name__}")
