"""Settings that name code: `_target_` and its arguments."""

from collections.abc import Callable
from typing import Any

from hydra.utils import instantiate

from digitrack import Refused


def maker(node: dict[str, Any], key: str) -> Callable[[], Any]:
    """A function that makes what the node at `key` describes. It raises Refused, which names the key, if it can't."""

    def make() -> Any:
        rate = node.get("learning_rate")
        try:
            return instantiate(node, **({"learning_rate": float(rate)} if isinstance(rate, int) else {}))  # Keras: no 1
        except Exception as error:
            cause = " ".join(str(error.__cause__ or error).split())
            raise Refused(f"{key}: {node.get('_target_')}: {cause}") from None

    return make
