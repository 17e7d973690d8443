"""How near one hidden sigmoid layer comes to a support-vector machine, with weight decay, a falling rate, more units.

    python bench/nearest.py choose    # validation accuracy of the candidates; test data are not read
    python bench/nearest.py           # test accuracy of each net's best, beside the figures of bench/seeds.py

The first writes into bench/results/, the second also into docs/neural_net.md.
"""

import os

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import itertools
import json
import sys
from dataclasses import replace
from typing import Any

import numpy as np
from document import ROOT, save, table, write
from seeds import CFG, SEEDS, dataset, keras_course, numpy_course

from digitrack.data import split
from digitrack.data.samples import Samples
from pipeline.settings import TrainKeras, TrainNumpy

EPOCHS, PATIENCE, SEEDS_TO_CHOOSE = 30, 5, 3
RESULTS = ("nearest_candidates", "seeds")
COLUMNS = ("units", "batch", "learning rate", "l2", "rate decay")
GRID: dict[str, list[tuple[Any, ...]]] = {
    "numpy": [
        *itertools.product((100, 300), (1,), (0.1, 0.2), (None, 1e-5, 1e-4), (0.9,)),
        *itertools.product((100,), (1,), (0.03, 0.05), (None, 1e-4, 3e-4, 1e-3), (0.9,)),
        *itertools.product((100,), (1,), (0.1,), (3e-4, 1e-3), (0.9,)),
    ],
    "Keras, Adam": list(itertools.product((100, 300), (32,), (0.01,), (None, 1e-5, 1e-4), (0.9,))),
}


def settings(net: str, candidate: tuple[Any, ...]) -> TrainNumpy | TrainKeras:
    """Those of `params.yaml`, with a candidate's."""
    width, batch, rate, l2, decay = candidate
    ours = {"n_hidden": width, "batch_size": batch, "l2": l2, "rate_decay": decay}
    ours |= {"epochs": EPOCHS, "early_stopping": PATIENCE}
    if net == "numpy":
        return replace(CFG.train_numpy, learning_rate=rate, **ours)
    return replace(CFG.train_keras, optimizer={"_target_": "keras.optimizers.Adam", "learning_rate": rate}, **ours)


def kept(own: TrainNumpy | TrainKeras, seed: int, data: split.Dataset, held_out: Samples) -> tuple[float, float]:
    """(loss, accuracy) on the held-out samples, of the epoch that early stopping keeps."""
    course = numpy_course if isinstance(own, TrainNumpy) else keras_course
    return course(own, seed, data, held_out).kept  # type: ignore[arg-type]


def named(candidate: tuple[Any, ...]) -> str:
    return " ".join("-" if value is None else f"{value:g}" for value in candidate)


def best_first(of_net: dict[str, list[float]]) -> list[str]:
    """The names of candidates, by (loss, accuracy) of each: the most accurate first, of equals the least loss."""
    return sorted(of_net, key=lambda name: (-of_net[name][1], of_net[name][0]))


def choose() -> None:
    data = [dataset(seed) for seed in SEEDS[:SEEDS_TO_CHOOSE]]
    found: dict[str, dict[str, list[float]]] = {net: {} for net in GRID}
    for net, candidates in GRID.items():
        for candidate in candidates:
            name, own = named(candidate), settings(net, candidate)
            mean = np.mean([kept(own, seed, each, each.validation) for seed, each in enumerate(data)], axis=0)
            found[net][name] = mean.tolist()
            print(net, name, mean.round(4).tolist(), file=sys.stderr, flush=True)
        save("nearest_candidates", found)


def behind(differences: np.ndarray) -> str:
    return f"{differences.mean():.4f} ± {differences.std(ddof=1) / len(differences) ** 0.5:.4f}"


def compare() -> None:
    found, known = (json.loads((ROOT / f"bench/results/{name}.json").read_text()) for name in RESULTS)
    accuracy = {name: np.array(values) for name, values in known["test_accuracy"].items() if "MLP" not in name}
    ours, theirs, vectors = accuracy
    tried: dict[str, list[float]] = {f"{ours}, chosen": [], f"{theirs}, chosen": []}
    for (net, candidates), values in zip(GRID.items(), tried.values(), strict=True):
        chosen = next(one for one in candidates if named(one) == best_first(found[net])[0])
        values_of = zip(COLUMNS, named(chosen).split(), strict=True)
        print(f"best for {net}:", *(f"{column} {value}" for column, value in values_of), file=sys.stderr)
        for seed in SEEDS:
            data = dataset(seed)
            values.append(kept(settings(net, chosen), seed, data, data.test)[1])
    accuracy |= {name: np.array(values) for name, values in tried.items()}
    rows = [["behind the SVM", "settings of conf/", "best combination"]]
    rows += [
        [name, *(behind(accuracy[vectors] - accuracy[kind]) for kind in (name, f"{name}, chosen"))]
        for name in (ours, theirs)
    ]
    text = f"{table(rows)}\n\nTest accuracy, means of {len(SEEDS)} seeds ± standard error."
    write("nearest", text, {name: values.tolist() for name, values in accuracy.items()})


if __name__ == "__main__":
    choose() if sys.argv[1:] == ["choose"] else compare()
