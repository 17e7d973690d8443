"""The scores, against figures worked by hand."""

import numpy as np

from NAME.scores import confusion, loss_and_accuracy

PROBABILITIES, Y = np.array([[0.5, 0.5, 0], [0.1, 0.8, 0.1], [0.25, 0.25, 0.5]]), np.array([0, 1, 1])


def test_loss_and_accuracy():
    assert loss_and_accuracy(PROBABILITIES, Y) == (0.767528, 0.666667)  # (ln 2 + ln 1.25 + ln 4) / 3


def test_confusion_has_the_true_class_by_row():
    assert confusion(PROBABILITIES, Y).tolist() == [[1, 0, 0], [0, 1, 1], [0, 0, 0]]
