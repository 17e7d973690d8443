"""Question 11: what the functions give for examples that can be worked out by hand."""

from typing import Any

import numpy as np

from digitrack.neural_net import NeuralNet, dsigmoid, nll, sigmoid, softmax

SHOWN = """
sigmoid(np.array([0, np.log(3), -np.log(3)]))
sigmoid(np.array([-1000.0, 1000.0]))
dsigmoid(np.array([0, np.log(3), -np.log(3)]))
softmax(np.log([1, 2, 5]))
softmax(np.log([[1, 2, 5], [3, 3, 4]]))
softmax(np.array([[1, 2, 5], [3, 3, 4]])).sum(axis=-1)
softmax(np.array([1000.0, 1000.0]))
nll(np.array([0, 1, 0]), np.array([0.25, 0.5, 0.25]))
nll(np.array([[0, 1, 0], [1, 0, 0]]), np.array([[0.25, 0.5, 0.25], [1, 0, 0]]))
nll(np.array([0, 1]), np.array([1.0, 0.0]))
-np.log(1 + 1e-10)
"""
OF_NETWORK = """
net = NeuralNet(4, 3, 2, seed=0)
net.W_h.shape, net.b_h.shape, net.W_o.shape, net.b_o.shape
x, y = np.eye(4), np.eye(2)[[0, 1, 0, 1]]
net.forward(x[0]).shape, net.forward(x).shape
[array.shape for array in net.forward_with_hidden(x)]
{name: array.shape for name, array in net.grad_loss(x[0], y[0]).items()}
losses = net.fit(x, y, learning_rate=1.0, epochs=200, seed=0)
losses.shape, losses[:4].round(2), losses[-4:].round(2)
net.predict(x[1]), net.predict(x)
"""


def run() -> dict[str, Any]:
    with np.printoptions(precision=4, suppress=True):
        return {"functions": session(SHOWN), "network": session(OF_NETWORK)}


def session(lines: str) -> list[list[str]]:
    """Each line, and what Python prints of it."""
    names = {"np": np, "NeuralNet": NeuralNet, "sigmoid": sigmoid, "dsigmoid": dsigmoid, "softmax": softmax, "nll": nll}
    return [[line, answer(line, names)] for line in lines.strip().splitlines()]


def answer(line: str, names: dict[str, Any]) -> str:
    try:
        code = compile(line, "page", "eval")
    except SyntaxError:
        exec(line, names)  # noqa: S102  a line of the texts above
        return ""
    return repr(eval(code, names))  # noqa: S307
