"""Question 8: one initializer object for both layers of Keras, and one for each."""

from typing import Any

import numpy as np

from digitrack.keras_net.network import start_afresh
from digitrack.keras_net.quiet import keras
from study.experiments.keras_network import network
from study.experiments.setting import settings, six, training

SEEDS = 10
STDDEV = 10.0


def run() -> dict[str, Any]:
    own = [trained(seed, shared=False) for seed in range(SEEDS)]
    shared = [trained(seed, shared=True) for seed in range(SEEDS)]
    return {
        "stddev": STDDEV,
        "own": six(np.array([accuracy for accuracy, _, _ in own])),
        "shared": six(np.array([accuracy for accuracy, _, _ in shared])),
        "equal_own": any(equal for _, equal, _ in own),
        "equal_shared": all(equal for _, equal, _ in shared),
        "moved": six(np.array([moved for _, _, moved in own])),
    }


def trained(seed: int, shared: bool) -> tuple[float, bool, float]:
    """The training accuracy in the end, whether W_o began with the first entries of W_h, and how far W_h moved, as a
    share of its norm."""
    x, y = training(seed)
    start_afresh(seed)
    one = keras.initializers.RandomNormal(stddev=STDDEV)
    other = one if shared else keras.initializers.RandomNormal(stddev=STDDEV)
    model = network(keras.optimizers.Adam(0.01), initializers=(one, other), seed=seed)
    W_h, _, W_o, _ = model.get_weights()
    equal = bool((W_h.ravel()[: W_o.size] == W_o.ravel()).all())
    epochs = settings().train_keras.epochs
    model.fit(x.astype(np.float32), y, batch_size=settings().train_keras.batch_size, epochs=epochs, verbose=0)
    right = model.predict_on_batch(x.astype(np.float32)).argmax(-1) == y.argmax(-1)
    moved = np.linalg.norm(model.get_weights()[0] - W_h) / np.linalg.norm(W_h)
    return float(right.mean()), equal, float(moved)
