"""A student's finished neural_net.py as the stage train_numpy's network: kit/folder/solution/TEACHER.md says how."""

import numpy as np

from . import NeuralNet as OurNet
from . import one_hot
from .neural_net import NeuralNet as StudentsNet

__all__ = ["NeuralNet", "one_hot"]


class NeuralNet(StudentsNet):
    """The student's, with what the stage asks for beyond the text: a seed, epochs that can be followed, a file.

    It starts from the student's own initial weights and updates with one sample, whatever the settings say of these.
    """

    def __init__(self, *sizes, seed, **_):
        np.random.seed(seed)
        super().__init__(*sizes)

    def fit(self, x, y_true, learning_rate, epochs, *, on_epoch, **_):
        for epoch in range(epochs):
            super().fit(x, y_true, learning_rate, 1)
            if on_epoch(epoch):
                break

    load = staticmethod(OurNet.load)  # what a served model computes with

    def save(self, path):
        OurNet.from_arrays(self.W_h, np.ravel(self.b_h), self.W_o, np.ravel(self.b_o)).save(path)
