"""The module digitrack.training.best."""

import math

from digitrack.training.best import Best


def told(patience, losses):
    """Whether each epoch was the last one, and what was kept in the end: each network is its own number."""
    best = Best(patience)
    return [best.ends(epoch, loss, lambda epoch=epoch: epoch) for epoch, loss in enumerate(losses)], best.network


def test_a_training_ends_when_no_epoch_was_better_for_as_long_as_the_patience():
    assert told(2, [5, 4, 6, 3, 3, 3.5]) == ([False, False, False, False, False, True], 3)
    assert told(1, [5, 4, 4]) == ([False, False, True], 1)


def test_a_loss_that_is_no_number_is_better_than_none():
    assert told(2, [math.nan, 4, math.nan, math.nan]) == ([False, False, False, True], 1)
    assert told(2, [math.nan, math.nan, math.nan]) == ([False, False, True], None)
