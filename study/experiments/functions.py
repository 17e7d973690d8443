"""Questions 11 and 13: what the solution gives for examples that can be worked out by hand, and for the digits."""

from typing import Any

import numpy as np

from digitrack.neural_net import NAMES
from study import solution
from study.experiments.setting import numpy_net, settings, training

SHOWN = """
sigmoid(np.array([0, np.log(3), -np.log(3)]))
sigmoid(np.array([-1000.0, 1000.0]))
dsigmoid(np.array([0, np.log(3), -np.log(3)]))
softmax(np.log([1, 2, 5]))
softmax(np.log([[1, 2, 5], [3, 3, 4]]))
softmax(np.array([1000.0, 1000.0]))
nll(np.array([0, 1, 0]), np.array([0.25, 0.5, 0.25]))
nll(np.array([[0, 1, 0], [1, 0, 0]]), np.array([[0.25, 0.5, 0.25], [1, 0, 0]]))
nll(np.array([0, 1]), np.array([1.0, 0.0]))
nll(np.array([0, 1]), np.array([0.0, 1.0]))
"""
OF_NETWORK = """
np.random.seed(0)
net = NeuralNet(4, 3, 2)
x, y = np.eye(4), np.eye(2)[[0, 1, 0, 1]]
net.forward(x[0]).shape, net.forward(x).shape
[array.shape for array in net.forward_with_hidden(x)]
{name: array.shape for name, array in net.grad_loss(x[0], y[0]).items()}
losses = net.fit(x, y, learning_rate=1.0, epochs=200)
losses.shape, losses[:4].round(2), losses[-4:].round(2)
net.predict(x[1]), net.predict(x)
"""

EPOCHS = 3


def run() -> dict[str, Any]:
    with np.printoptions(precision=4, suppress=True), np.errstate(over="ignore"):
        return {"functions": session(SHOWN), "network": session(OF_NETWORK), "fast": fast()}


def fast() -> dict[str, float]:
    """How far the solution's weights are from those of the project's quicker `fit`, after the same updates."""
    x, y = training(0)
    ours, net, rate = numpy_net(0), solution.names()["NeuralNet"](64, 100, 10), settings().train_numpy.learning_rate
    for name in NAMES:
        setattr(net, name, getattr(ours, name).copy())
    ours.fit(x, y, rate, EPOCHS, shuffle=False)
    for _ in range(EPOCHS):
        for one_x, one_y in zip(x, y, strict=True):
            net.train_sample(one_x, one_y, rate)
    apart = max(float(np.abs(getattr(net, name) - getattr(ours, name)).max()) for name in NAMES)
    return {"updates": EPOCHS * len(x), "apart": float(f"{apart:.1g}")}


def session(lines: str) -> list[list[str]]:
    """Each line, and what Python prints of it."""
    names = solution.names()
    return [[line, answer(line, names)] for line in lines.strip().splitlines()]


def answer(line: str, names: dict[str, Any]) -> str:
    try:
        code = compile(line, "page", "eval")
    except SyntaxError:
        exec(line, names)  # noqa: S102  a line of the texts above
        return ""
    found = eval(code, names)  # noqa: S307
    return "" if found is None else repr(found)
