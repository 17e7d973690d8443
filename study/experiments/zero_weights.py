"""Question 8: what tells hidden units apart that start from zero weights."""

from typing import Any

import numpy as np

from digitrack.keras_net.network import start_afresh
from digitrack.keras_net.quiet import keras
from digitrack.neural_net import NeuralNet
from study.experiments.keras_network import network
from study.experiments.setting import numpy_net, settings, six, training

SEEDS = 10
ALIKE = 1e-3  # two units are alike when no weight into them differs by more


def run() -> dict[str, Any]:
    """Training accuracies, a seed each, and the sizes of the groups of units that are alike in the end."""
    return {
        "plain": several(lambda seed: by_numpy(seed, fast=False)),
        "numpy": several(lambda seed: by_numpy(seed, fast=True)),
        "keras": several(by_keras),
    }


def several(trained: Any) -> dict[str, Any]:
    found = [trained(seed) for seed in range(SEEDS)]
    return {"accuracy": six(np.array([right for right, _ in found])), "groups": [groups(W) for _, W in found]}


def by_numpy(seed: int, fast: bool) -> tuple[float, np.ndarray]:
    """With `fast` by blocks of units, as sweeps train; else by the class's own `train_sample`."""
    own, (x, y) = settings().train_numpy, training(seed)
    net: NeuralNet = numpy_net(seed, 0.0)
    net.fit(x, y, own.learning_rate, own.epochs, batch_size=own.batch_size, seed=seed, fast=fast)
    return float((net.predict(x) == y.argmax(-1)).mean()), net.W_h


def by_keras(seed: int) -> tuple[float, np.ndarray]:
    own, (x, y) = settings().train_keras, training(seed)
    start_afresh(seed)
    model = network(keras.optimizers.Adam(0.01), initializers=("zeros", "zeros"), seed=seed)
    model.fit(x.astype(np.float32), y, batch_size=own.batch_size, epochs=own.epochs, verbose=0)
    right = model.predict_on_batch(x.astype(np.float32)).argmax(-1) == y.argmax(-1)
    return float(right.mean()), model.get_weights()[0]


def groups(W_h: np.ndarray) -> list[int]:
    """The sizes of the groups of columns that are alike, the largest first."""
    left, sizes = W_h.T, []
    while len(left):
        alike = np.abs(left - left[0]).max(axis=1) <= ALIKE
        sizes.append(int(alike.sum()))
        left = left[~alike]
    return sorted(sizes, reverse=True)
