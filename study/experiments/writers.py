"""Question 9: other methods on the same digits, and digits of people who wrote none of the training digits."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from digitrack.neural_net import one_hot
from pipeline.objects import source
from study.experiments.setting import N_CLASSES, dataset, numpy_net, settings, six

SEEDS = 10
WRITERS = 13  # people, whose digits lie one after the other, about as many of each
METHODS = {  # each with whether it gets scaled pixels, or pixels as they came
    "numpy": (None, True),
    "support vectors": (SVC(), True),
    "support vectors, unscaled": (SVC(), False),
    "nearest neighbour": (KNeighborsClassifier(1), True),
    "nearest neighbour, unscaled": (KNeighborsClassifier(1), False),
}


def run() -> dict[str, Any]:
    whole = source(settings().data)
    x, y = whole.x.reshape(len(whole.y), -1).astype(float), whole.y
    in_order = np.array_split(np.arange(len(y)), WRITERS)
    drawn = np.array_split(np.random.default_rng(0).permutation(len(y)), WRITERS)
    return {
        "n": len(y),
        "splits": {method: six(np.array([of_split(method, seed) for seed in range(SEEDS)])) for method in METHODS},
        "wrong_of_contiguous": {method: wrong(method, x, y, in_order) for method in METHODS},
        "wrong_of_drawn": {method: wrong(method, x, y, drawn) for method in METHODS},
    }


def of_split(method: str, seed: int) -> float:
    """The share of test digits that are right."""
    train, test = dataset(seed).train, dataset(seed).test
    scaled = METHODS[method][1]
    x, asked = (part.x[:] if scaled else part.raw.reshape(len(part.y), -1) for part in (train, test))
    return float((answers(method, x, train.y, asked, seed) == test.y).mean())


def wrong(method: str, x: np.ndarray, y: np.ndarray, parts: list[np.ndarray]) -> int:
    """How many of all digits are wrong when each part is answered by a training on the others."""
    return sum(wrong_of_part(method, x, y, part) for part in parts)


def wrong_of_part(method: str, x: np.ndarray, y: np.ndarray, part: np.ndarray) -> int:
    others = np.setdiff1d(np.arange(len(y)), part)
    if METHODS[method][1]:
        x = StandardScaler().fit(x[others]).transform(x)
    return int((answers(method, x[others], y[others], x[part], 0) != y[part]).sum())


def answers(method: str, x: np.ndarray, y: np.ndarray, asked: np.ndarray, seed: int) -> np.ndarray:
    """The classes that a method, trained on x and y, gives to what is asked."""
    model: BaseEstimator | None = METHODS[method][0]
    if model is None:
        own, net = settings().train_numpy, numpy_net(seed)
        net.fit(x, one_hot(y, N_CLASSES), own.learning_rate, own.epochs, batch_size=own.batch_size, seed=seed)
        return net.predict(asked)
    return clone(model).fit(x, y).predict(asked)
