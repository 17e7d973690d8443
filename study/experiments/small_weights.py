"""Question 8: for how long small initial weights delay the training of the numpy network."""

from typing import Any

from study.experiments.setting import numpy_net, orders, settings, training

STDDEVS = (0.15, 1e-3, 1e-6, 1e-9)
SEEDS = 3
EPOCHS = 3  # at most
EVERY = 25  # updates between two looks
LEARNED = 0.95  # of the training digits are right


def run() -> dict[str, Any]:
    found = {f"{stddev:g}": [delay(seed, stddev) for seed in range(SEEDS)] for stddev in STDDEVS}
    return {"learned": LEARNED, "updates": found}


def delay(seed: int, stddev: float) -> int:
    """The updates after which LEARNED is first reached."""
    x, y = training(seed)
    net, order = numpy_net(seed, stddev), orders(len(x), EPOCHS, seed)
    for here in range(0, len(order), EVERY):
        if (net.predict(x) == y.argmax(-1)).mean() >= LEARNED:
            return here
        rows = order[here : here + EVERY]
        net.fit(x[rows], y[rows], settings().train_numpy.learning_rate, 1, shuffle=False)
    return len(order)
