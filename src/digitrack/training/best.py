"""Early stopping: remember the best epoch, and end a training that no longer improves."""

import math
from collections.abc import Callable
from typing import Any


class Best:
    """The epoch with the lowest validation loss so far, and the network at its end."""

    def __init__(self, patience: int) -> None:
        """`patience` is the number of epochs without a lower loss after which a training ends."""
        self.patience, self.loss = patience, math.inf
        self.epoch: int | None = None  # from 0; None while every loss was NaN
        self.network: Any = None

    def ends(self, epoch: int, loss: float, network: Callable[[], Any]) -> bool:
        """Add an epoch, from 0; keep `network()` if it is the best. Returns True when the training should end."""
        if loss < self.loss:
            self.epoch, self.loss, self.network = epoch, loss, network()
        return epoch - (self.epoch or 0) >= self.patience
