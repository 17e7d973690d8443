"""MLflow's client, as this library uses it: what it fails of is one line, and an interrupt waits for the end of a call.

Cut off, a write would leave the store locked.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from mlflow import MlflowClient

from tracked.store import failures, interrupts


class Client(MlflowClient):
    """Each method raises StoreFailed for what is wrong with the store itself."""

    def __init__(self, uri: str) -> None:
        super().__init__(uri)
        self.uri = uri


def _guarded(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def call(self: Client, *args: Any, **more: Any) -> Any:
        with interrupts.held(), failures.in_one_line(self.uri):
            return method(self, *args, **more)

    return call


for name, method in vars(MlflowClient).items():
    if callable(method) and not name.startswith("_"):
        setattr(Client, name, _guarded(method))
