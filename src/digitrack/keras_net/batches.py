"""Samples that Keras is given batch by batch, read as they are needed."""

import numpy as np

from digitrack.data.scaled import Scaled

from .quiet import keras


class Batches(keras.utils.PyDataset):
    """The batches of an epoch: all samples, in an order that the seed gives for each epoch."""

    def __init__(self, x: np.ndarray | Scaled, y: np.ndarray, batch_size: int, seed: int) -> None:
        """x (n, n_features), and the classes y as one-hot rows (n, n_classes)."""
        super().__init__()  # one worker: Keras then asks for the batches one after the other
        self.x, self.y, self.batch_size, self.rng = x, y, batch_size, np.random.default_rng(seed)
        self.order = np.arange(len(x))

    def on_epoch_begin(self) -> None:
        """Draw the order. Keras asks for batches of an epoch that is over, too, and throws them away."""
        self.order = self.rng.permutation(len(self.x))

    def __len__(self) -> int:
        return -(-len(self.x) // self.batch_size)

    def __getitem__(self, i: int) -> tuple[np.ndarray, np.ndarray]:
        places = self.order[i * self.batch_size : (i + 1) * self.batch_size]
        return self.x[places].astype(np.float32), self.y[places]
