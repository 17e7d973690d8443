"""Early stopping: the best epoch of a training, and when to look for no better one."""

import math
from collections.abc import Callable
from typing import Any


class Best:
    """The epoch with the lowest validation loss so far, and what the network was then."""

    def __init__(self, patience: int) -> None:
        """`patience` is the number of epochs without a lower loss after which a training ends."""
        self.patience, self.loss = patience, math.inf
        self.epoch: int | None = None  # from 0; None while every loss was NaN
        self.network: Any = None

    def ends(self, epoch: int, loss: float, network: Callable[[], Any]) -> bool:
        """Hear of an epoch, from 0, and keep what `network` returns if it is the best; true when enough have passed."""
        if loss < self.loss:
            self.epoch, self.loss, self.network = epoch, loss, network()
        return epoch - (self.epoch or 0) >= self.patience
