"""Question 14: how far two numpy networks part that start close to each other and make the same updates."""

from typing import Any

import numpy as np

from digitrack.neural_net import NAMES, NeuralNet
from study.experiments.setting import numpy_net, orders, settings, six, training

EPOCHS = 3
EVERY = 50  # updates between two looks, as in same_start


def run() -> dict[str, Any]:
    """In float64: one from weights rounded to float32, one from these weights as drawn."""
    x, y = training(0)
    drawn, order, rate = numpy_net(0), orders(len(x), EPOCHS, 0), settings().train_numpy.learning_rate
    rounded = NeuralNet.from_arrays(*(getattr(drawn, name).astype(np.float32).astype(float) for name in NAMES))
    looks, apart = [*range(0, len(order), EVERY), len(order)], []
    for here, there in zip(looks, [*looks[1:], None], strict=True):
        apart.append(max(np.abs(getattr(drawn, name) - getattr(rounded, name)).max() for name in NAMES))
        for net in (drawn, rounded):
            if there is not None:
                net.fit(x[order[here:there]], y[order[here:there]], rate, 1, shuffle=False)
    return {"updates": looks, "apart": six(np.array(apart))}
