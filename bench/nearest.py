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
from seeds import CFG, SEEDS, dataset, keras_course, numpy_course

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
        return numpy_course(own, seed, data, data.validation).kept
    optimizer = {"_target_": "keras.optimizers.Adam", "learning_rate": rate}
    theirs = replace(CFG.train_keras, optimizer=optimizer, **ours)
    return keras_course(theirs, seed, data, data.validation).kept


def choose() -> None:
    data = [dataset(seed) for seed in SEEDS[:SEEDS_TO_CHOOSE]]
    found: dict[str, dict[str, list[float]]] = {net: {} for net in GRID}
    for net, candidates in GRID.items():
        for candidate in candidates:
            name = " ".join("-" if value is None else f"{value:g}" for value in candidate)
            mean = np.mean([scores(net, candidate, seed, each) for seed, each in enumerate(data)], axis=0)
            found[net][name] = mean.tolist()
            print(net, name, mean.round(4).tolist(), file=sys.stderr, flush=True)
        tell_candidates(found)


def tell_candidates(found: dict[str, dict[str, list[float]]]) -> None:
    rows = [["net", *COLUMNS, "val accuracy", "val loss"]]
    for net, of_net in found.items():
        for name in sorted(of_net, key=lambda name, of_net=of_net: (-of_net[name][1], of_net[name][0]))[:5]:
            loss, accuracy = of_net[name]
            rows.append([net, *name.split(), f"{accuracy:.4f}", f"{loss:.4f}"])
    text = (
        f"{table(rows)}\n\nEach net's best five, of {sum(map(len, found.values()))} candidates; means of "
        f"{SEEDS_TO_CHOOSE} seeds. Early stopping, patience {PATIENCE}, keeps the best of at most {EPOCHS} epochs."
    )
    write("nearest_candidates", text, found)


if __name__ == "__main__":
    choose() if sys.argv[1:] == ["choose"] else None
