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

EPOCHS, PATIENCE = (20, 30, 40), (5, 10)  # ways to end, all found in one training to the last epoch
GRID: dict[str, tuple[tuple[Any, ...], ...]] = {  # width, learning rate, l2, rate decay, of which each has all others
    "numpy": ((100, 300), (0.1, 0.2), (None, 1e-5, 1e-4, 3e-4), (None, 0.9)),
    "Keras, Adam": ((100, 300), (0.01,), (1e-5, 1e-4, 3e-4), (0.9,)),
}
CHOOSING = {"numpy": 5, "Keras, Adam": 3}  # seeds: a Keras training takes ten times as long


def scores(net: str, candidate: tuple[Any, ...], seed: int, data: Any) -> np.ndarray:
    """(loss, accuracy) on validation data after every epoch."""
    width, rate, l2, decay = candidate
    ours = {"n_hidden": width, "l2": l2, "rate_decay": decay, "epochs": EPOCHS[-1]}
    if net == "numpy":
        own = replace(CFG.train_numpy, learning_rate=rate, **ours)
        return np.array(numpy_scores(own, seed, data.train, data.validation))
    optimizer = {"_target_": "keras.optimizers.Adam", "learning_rate": rate}
    theirs = replace(CFG.train_keras, optimizer=optimizer, **ours)
    return np.array(keras_scores(theirs, seed, data.train, data.validation))


def ends(rows: np.ndarray) -> dict[str, np.ndarray]:
    """(loss, accuracy) by the way in which a training ends: after so many epochs, or by early stopping."""
    found = {f"{epochs} epochs": rows[epochs - 1] for epochs in EPOCHS}
    for patience in PATIENCE:
        best = 0
        for epoch, (loss, _) in enumerate(rows):
            if loss < rows[best, 0]:
                best = epoch
            if epoch - best >= patience:
                break
        found[f"patience {patience}"] = rows[best]
    return found


def choose() -> None:
    data = [dataset(seed) for seed in SEEDS]
    found: dict[str, dict[str, list[float]]] = {net: {} for net in GRID}
    for net, grid in GRID.items():
        for candidate in itertools.product(*grid):
            by_seed = [ends(scores(net, candidate, seed, data[seed])) for seed in SEEDS[: CHOOSING[net]]]
            name = " ".join("-" if value is None else f"{value:g}" for value in candidate)
            means = {end: np.mean([each[end] for each in by_seed], axis=0) for end in by_seed[0]}
            found[net] |= {f"{name} {end}": mean.tolist() for end, mean in means.items()}
            print(net, name, {end: mean.round(4).tolist() for end, mean in means.items()}, file=sys.stderr, flush=True)
    rows = [["net", "units", "learning rate", "l2", "rate decay", "ends after", "val accuracy", "val loss"]]
    for net, of_net in found.items():
        for name in sorted(of_net, key=lambda name, of_net=of_net: (-of_net[name][1], of_net[name][0]))[:6]:
            *values, first, second = name.split()
            loss, accuracy = of_net[name]
            rows.append([net, *values, f"{first} {second}", f"{accuracy:.4f}", f"{loss:.4f}"])
    n = sum(len(of_net) for of_net in found.values())
    text = (
        f"{table(rows)}\n\nEach net's best six, of {n} candidates in all; means of {CHOOSING['numpy']} seeds, of Keras "
        f"{CHOOSING['Keras, Adam']}. Patience is early stopping's, of {EPOCHS[-1]} epochs at most."
    )
    write("nearest_candidates", text, found)


if __name__ == "__main__":
    choose() if sys.argv[1:] == ["choose"] else None
