"""Give Keras its samples batch by batch, read when they are needed."""

import numpy as np

from digitrack.data.scaled import Scaled

from .quiet import keras


class Batches(keras.utils.PyDataset):
    """The batches of an epoch: all samples, in an order that is drawn anew for every epoch."""

    def __init__(self, x: np.ndarray | Scaled, y: np.ndarray, batch_size: int, seed: int) -> None:
        """Take x (n, n_features) and the one-hot classes y (n, n_classes); `seed` determines the orders."""
        super().__init__()  # with one worker, Keras requests the batches one after another
        self.x, self.y, self.batch_size, self.rng = x, y, batch_size, np.random.default_rng(seed)
        self.order = np.arange(len(x))

    def on_epoch_begin(self) -> None:
        """Draw the order here, as Keras also requests batches after the end of an epoch, and discards them."""
        self.order = self.rng.permutation(len(self.x))

    def __len__(self) -> int:
        return -(-len(self.x) // self.batch_size)

    def __getitem__(self, i: int) -> tuple[np.ndarray, np.ndarray]:
        places = self.order[i * self.batch_size : (i + 1) * self.batch_size]
        return self.x[places].astype(np.float32), self.y[places]
