"""How near one hidden sigmoid layer comes to a support-vector machine, with weight decay, a falling rate, more units.

    python bench/nearest.py choose    # validation accuracy of the candidates; test data are not read
    python bench/nearest.py           # test accuracy of `+experiment=best`, beside the figures of bench/seeds.py

Both write their table into docs/neural_net.md.
"""

import os

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import itertools
import sys
from dataclasses import replace
from typing import Any

import numpy as np
from document import table, write
from seeds import CFG, SEEDS, dataset, keras_scores, numpy_scores

EPOCHS, PATIENCE, SEEDS_TO_CHOOSE = 30, 5, 3
COLUMNS = ("units", "batch", "learning rate", "l2", "rate decay")
GRID: dict[str, list[tuple[Any, ...]]] = {
    "numpy": list(itertools.product((100, 300), (1,), (0.1, 0.2), (None, 1e-5, 1e-4), (0.9,))),
    "Keras, Adam": list(itertools.product((100, 300), (32,), (0.01,), (None, 1e-5, 1e-4), (0.9,))),
}


def scores(net: str, candidate: tuple[Any, ...], seed: int, data: Any) -> tuple[float, float]:
    """(loss, accuracy) on validation data, of the epoch that early stopping keeps."""
    width, batch, rate, l2, decay = candidate
    ours = {"n_hidden": width, "batch_size": batch, "l2": l2, "rate_decay": decay}
    ours |= {"epochs": EPOCHS, "early_stopping": PATIENCE}
    if net == "numpy":
        own = replace(CFG.train_numpy, learning_rate=rate, **ours)
        return numpy_scores(own, seed, data.train, data.validation)[-1]
    optimizer = {"_target_": "keras.optimizers.Adam", "learning_rate": rate}
    theirs = replace(CFG.train_keras, optimizer=optimizer, **ours)
    return keras_scores(theirs, seed, data.train, data.validation)[-1]


if __name__ == "__main__":
    choose() if sys.argv[1:] == ["choose"] else None
