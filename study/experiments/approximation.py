"""Question 5: a function of one variable, from ever more hidden units; output weights by least squares."""

from typing import Any

import numpy as np

from digitrack.neural_net import sigmoid
from study.experiments.setting import six

WIDTHS = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300)
SHOWN = (2, 10, 100)
DRAWS = 5  # of the hidden weights, of which the best counts, as the theorems say that good weights exist
FINE = np.linspace(0, 1, 4001)  # where errors are looked at
FITTED = slice(None, None, 10)  # of these, the points that are fitted
ACTIVATIONS = {"sigmoid": sigmoid, "ReLU": lambda z: np.maximum(z, 0), "cube": lambda z: z**3}


def target(x: np.ndarray) -> np.ndarray:
    """Continuous, with a kink."""
    return np.sin(7 * x) * x + np.abs(x - 0.35)


def run() -> dict[str, Any]:
    fits = {name: [fit(name, width) for width in WIDTHS] for name in ACTIVATIONS}
    every = slice(None, None, 20)
    return {
        "widths": list(WIDTHS),
        "x": six(FINE[every]),
        "target": six(target(FINE)[every]),
        "errors": {name: [six(np.abs(y - target(FINE)).max()) for y in found] for name, found in fits.items()},
        "fits": {
            name: {str(width): six(found[WIDTHS.index(width)][every]) for width in SHOWN}
            for name, found in fits.items()
        },
    }


def fit(activation: str, width: int) -> np.ndarray:
    """The network's values on FINE, of the draw whose largest error is smallest."""
    rng = np.random.default_rng(0)
    fits = []
    for _ in range(DRAWS):
        places = (np.arange(width) + rng.uniform(size=width)) / width  # where a unit's threshold lies
        steepness = rng.choice([-1.0, 1.0], width) * rng.uniform(1, 4, width) * max(width, 4)
        hidden = ACTIVATIONS[activation](steepness * (FINE[:, None] - places))
        hidden = np.column_stack([hidden / np.abs(hidden).max(axis=0), np.ones_like(FINE)])
        output = np.linalg.lstsq(hidden[FITTED], target(FINE[FITTED]), rcond=1e-10)[0]
        fits.append(hidden @ output)
    return min(fits, key=lambda y: np.abs(y - target(FINE)).max())
