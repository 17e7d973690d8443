"""Question 14: both networks from the same weights, by the same updates in the same order."""

from typing import Any

import numpy as np

from digitrack.keras_net.quiet import keras
from digitrack.neural_net import NAMES, NeuralNet, cross_entropy, log_softmax
from study.experiments.keras_network import network
from study.experiments.setting import numpy_net, orders, settings, six, training

EPOCHS = 3
EVERY = 50  # updates between two looks


def run() -> dict[str, Any]:
    x, y = training(0)
    order = orders(len(x), EPOCHS, 0)
    looks = [*range(0, len(order), EVERY), len(order)]
    nets = {"float32": NeuralNet.from_arrays(*arrays(np.float32)), "float64": numpy_net(0)}
    model = network(keras.optimizers.SGD(settings().train_numpy.learning_rate))
    model.set_weights(arrays(np.float32))
    losses: dict[str, list[float]] = {"Keras": [], **{f"numpy, {name}": [] for name in nets}}
    apart: dict[str, list[float]] = {name: [] for name in nets}
    for here, there in zip(looks, [*looks[1:], None], strict=True):
        of_keras = model.get_weights()
        losses["Keras"].append(loss(NeuralNet.from_arrays(*map(np.float64, of_keras)), x, y))
        for name, net in nets.items():
            losses[f"numpy, {name}"].append(loss(NeuralNet.from_arrays(*wide(net)), x, y))
            apart[name].append(max(abs(a - b).max() for a, b in zip(wide(net), of_keras, strict=True)))
        if there is not None:
            rows = order[here:there]
            model.fit(x[rows].astype(np.float32), y[rows], batch_size=1, epochs=1, shuffle=False, verbose=0)
            for net in nets.values():
                net.fit(x[rows], y[rows], settings().train_numpy.learning_rate, 1, shuffle=False)
    return {
        "updates": looks,
        "losses": {name: six(np.array(values)) for name, values in losses.items()},
        "apart": {name: six(np.array(values)) for name, values in apart.items()},
        "loss_difference": {name: six(np.abs(np.subtract(losses["Keras"], losses[f"numpy, {name}"]))) for name in nets},
    }


def arrays(dtype: type) -> list[np.ndarray]:
    """The initial weights, of numpy's network in float64, rounded."""
    return [getattr(numpy_net(0), name).astype(dtype) for name in NAMES]


def wide(net: NeuralNet) -> list[np.ndarray]:
    return [getattr(net, name).astype(np.float64) for name in NAMES]


def loss(net: NeuralNet, x: np.ndarray, y: np.ndarray) -> float:
    """The mean loss on the training part."""
    return float(cross_entropy(y, log_softmax(net.logits(x))).mean())
