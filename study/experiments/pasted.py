"""Question 13: the page's own class on the digits, and its hidden units when it starts from zero weights."""

from typing import Any

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from digitrack.neural_net import NAMES
from study import solution
from study.experiments.setting import six

SHOWN = """
np.random.seed(0)
net = NeuralNet(64, 100, 10)
losses = net.fit(X_train, np.eye(10)[y_train], learning_rate=0.15, epochs=5)
losses.shape, net.predict(X_test[0]), net.predict(X_test[:3])
[float((net.predict(x) == t).mean().round(3)) for x, t in ((X_train, y_train), (X_test, y_test))]
"""


def run() -> dict[str, Any]:
    names = {**solution.names(), **parts()}
    session = [[line, answer(line, names)] for line in SHOWN.strip().splitlines()]
    return {"session": session, "accuracies": eval(session[-1][1]), "units_differ_by": from_zero(names)}  # noqa: S307


def answer(line: str, names: dict[str, Any]) -> str:
    """What Python prints of this line of the text above."""
    if " = " in line or line.startswith("np.random"):
        exec(line, names)  # noqa: S102
        return ""
    return repr(eval(line, names))  # noqa: S307


def from_zero(names: dict[str, Any]) -> float:
    """The largest difference between two hidden units' weights after an epoch from zero weights."""
    net = names["NeuralNet"](64, 100, 10)
    for name in NAMES:
        getattr(net, name)[:] = 0
    net.fit(names["X_train"], np.eye(10)[names["y_train"]], learning_rate=0.15, epochs=1)
    return six(np.ptp(net.W_h, axis=1).max())


def parts() -> dict[str, np.ndarray]:
    """The training and test part, as question 1's code makes them."""
    X, y = load_digits(return_X_y=True)
    X, X_test, y, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=0)
    X_train, _, y_train, _ = train_test_split(X, y, test_size=0.25, stratify=y, random_state=0)
    scaler = StandardScaler().fit(X_train)
    return {
        "X_train": scaler.transform(X_train), "y_train": y_train, "X_test": scaler.transform(X_test), "y_test": y_test,
    }  # fmt: skip
