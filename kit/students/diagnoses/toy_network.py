"""A small network of the student's class with known weights, and what it should give."""

import numpy as np
from scipy.special import expit, log_softmax, softmax

from .students_module import named
from .tell import Wrong

NAMES = ("W_h", "b_h", "W_o", "b_o")


class Toy:
    """Weights, samples, and what a right network makes of them."""

    def __init__(self, n_features, n_hidden, n_classes):
        rng = np.random.default_rng(0)
        self.sizes = n_features, n_hidden, n_classes
        self.shapes = {
            "W_h": (n_features, n_hidden),
            "b_h": (n_hidden,),
            "W_o": (n_hidden, n_classes),
            "b_o": (n_classes,),
        }
        self.weights = {name: rng.normal(size=shape) for name, shape in self.shapes.items()}
        self.x = rng.normal(size=(6, n_features))
        self.t = np.eye(n_classes)[np.array([0, 3, 1, 4, 2, 3]) % n_classes]
        self.z_h, self.h, self.z_o = through(self.weights, self.x)
        self.y = softmax(self.z_o, axis=1)

    def made(self, module):
        """A network of the student's class with these weights. Raises Wrong when it lacks one."""
        net = named(module, "NeuralNet")(*self.sizes)
        for name, weight in self.weights.items():
            put(net, name, weight.reshape(self.own(net, name).shape))
        return net

    def own(self, net, name):
        """A weight of the network, as an array. Raises Wrong when it is missing, or has another size."""
        shape = self.shapes[name]
        if not hasattr(net, name):
            raise Wrong(f"the network has no {name}: __init__ must set self.{name}, of shape {shape} here.")
        weight = np.asarray(getattr(net, name))
        if weight.shape == shape[::-1] != shape and len(shape) == 2:
            raise Wrong(f"{name} is turned: {weight.shape}, to be {shape}, as samples are rows and z = x W + b.")
        if weight.shape not in (shape, (1, *shape)):
            sizes = ", ".join(map(str, self.sizes))
            raise Wrong(f"{name} has the shape {weight.shape}, to be {shape} for NeuralNet({sizes}).")
        return weight

    def values(self, net):
        """Copies of a network's weights, in their plain shapes."""
        return {name: np.array(getattr(net, name), float).reshape(shape) for name, shape in self.shapes.items()}

    def slopes(self, rows, step=1e-5):
        """The gradient of L over some samples: up and down a step for each weight, in 64-bit numbers whatever the
        student's network computes with."""
        found = {}
        for name, weight in self.weights.items():
            found[name] = np.zeros(weight.shape)
            for at in np.ndindex(weight.shape):
                sides = []
                for side in (step, -step):
                    nudged = {key: value.copy() for key, value in self.weights.items()}
                    nudged[name][at] += side
                    sides.append(loss(nudged, self.x[rows], self.t[rows]))
                found[name][at] = (sides[0] - sides[1]) / (2 * step)
        return found


def put(net, name, value):
    """Set a weight: within the student's own array, which may have two names, or stay 32-bit."""
    own = getattr(net, name)
    if isinstance(own, np.ndarray) and own.flags.writeable and own.dtype.kind == "f":
        own[...] = value
    else:
        setattr(net, name, value.tolist() if isinstance(own, list) else value.copy())


def through(weights, x):
    """z_h, h and z_o."""
    z_h = x @ weights["W_h"] + weights["b_h"]
    return z_h, expit(z_h), expit(z_h) @ weights["W_o"] + weights["b_o"]


def loss(weights, x, t):
    """L, the sum over the samples."""
    return -np.sum(t * log_softmax(through(weights, x)[2], axis=-1))


TOY = Toy(4, 3, 5)  # no two sizes alike: a transpose shows
SQUARE = Toy(3, 3, 3)  # all sizes alike: a weight that takes another's gradient shows, as shapes fit
