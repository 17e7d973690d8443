"""Train a student's network as the stage train_numpy trains the project's: `python -m kit.in_pipeline FOLDER OUT`.

A process of its own, as students' code may end Python, and is not to hold the store open. OUT has the data; what was
wrong is written to OUT/error.txt, as nothing that students print is kept.
"""

import sys
from pathlib import Path

import numpy as np

from digitrack.neural_net import NeuralNet
from kit.students.diagnoses.students_module import Files, named
from kit.students.diagnoses.tell import Wrong
from pipeline import train_numpy
from tracked import load_settings


def adapted(students_net):
    """A student's class with what the stage asks for beyond the text: a seed, epochs that can be followed, a file.

    It starts from the student's own initial weights and updates with one sample, whatever the settings say of these.
    """

    class InPipeline(students_net):
        def __init__(self, *sizes, seed, **_):
            np.random.seed(seed)
            super().__init__(*sizes)

        def fit(self, x, y_true, learning_rate, epochs, *, on_epoch, **_):
            x = x[:]  # an array, in place of what is read from the file as it is needed
            for epoch in range(epochs):
                super().fit(x, y_true, learning_rate, 1)
                if on_epoch(epoch):
                    break

        def logits(self, x):
            """Their softmax is `forward`; of a probability below 1e-10, no student's loss tells one from another."""
            return np.log(np.maximum(np.reshape(self.forward(x), (len(x), -1)), 1e-10))

        load = staticmethod(NeuralNet.load)  # what a served model computes with

        def save(self, path):
            weights = (self.W_h, np.ravel(self.b_h), self.W_o, np.ravel(self.b_o))
            NeuralNet.from_arrays(*(np.asarray(weight, float) for weight in weights)).save(path)

    return InPipeline


def main(folder, out):
    source = Files(folder)
    try:
        with source.module("neural_net.py") as module:
            train_numpy.NeuralNet = adapted(named(module, "NeuralNet"))
            train_numpy.run(load_settings(), out, lambda *_: None)
    except Wrong as wrong:
        error = str(wrong)
    except (Exception, SystemExit) as stopped:
        error = source.where(stopped)
    else:
        return
    (out / "error.txt").write_text(error, encoding="utf-8")
    sys.exit(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
