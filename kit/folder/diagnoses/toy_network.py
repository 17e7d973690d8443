"""A small network of the student's class with known weights, and what it should give."""

import numpy as np
from scipy.special import expit, softmax

from .students_module import named
from .tell import Wrong

NAMES = ("W_h", "b_h", "W_o", "b_o")
SHAPES = {"W_h": (4, 3), "b_h": (3,), "W_o": (3, 5), "b_o": (5,)}  # no two sizes alike: a transpose shows
_RNG = np.random.default_rng(0)
WEIGHTS = {name: _RNG.normal(size=shape) for name, shape in SHAPES.items()}
X = _RNG.normal(size=(6, 4))
T = np.eye(5)[[0, 3, 1, 4, 2, 3]]
Z_H = X @ WEIGHTS["W_h"] + WEIGHTS["b_h"]
H = expit(Z_H)
Z_O = H @ WEIGHTS["W_o"] + WEIGHTS["b_o"]
Y = softmax(Z_O, axis=1)


def made(module):
    """A network of 4 features, 3 hidden units and 5 classes with WEIGHTS. Raises Wrong when it lacks one."""
    net = named(module, "NeuralNet")(4, 3, 5)
    for name, weight in WEIGHTS.items():
        setattr(net, name, weight.reshape(np.shape(own(net, name))).copy())
    return net


def own(net, name):
    """A weight of the network, as an array. Raises Wrong when it is missing, or has another size."""
    shape = SHAPES[name]
    if not hasattr(net, name):
        raise Wrong(f"the network has no {name}: __init__ must set self.{name}, of shape {shape} here.")
    weight = np.asarray(getattr(net, name))
    if weight.shape == shape[::-1] and len(shape) == 2:
        raise Wrong(f"{name} is turned: {weight.shape}, to be {shape}, as samples are rows and z = x W + b.")
    if weight.shape not in (shape, (1, *shape)):
        raise Wrong(f"{name} has the shape {weight.shape}, to be {shape} for NeuralNet(4, 3, 5).")
    return weight
