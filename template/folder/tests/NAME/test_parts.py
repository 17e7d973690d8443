"""The three parts: all of the data, each sample once, each class by the shares."""

import numpy as np
import pytest

from NAME import Refused, dataset
from NAME.parts import split

SHARES = {"train": 0.6, "validation": 0.2, "test": 0.2}
X, Y = np.arange(60.0).reshape(30, 2), np.repeat([0, 1], [20, 10])


def test_each_sample_is_in_one_part_and_each_class_has_its_shares():
    parts = split(X, Y, SHARES, seed=0)
    assert sorted(np.concatenate([part.x[:, 0] for part in parts.values()])) == [*X[:, 0]]
    assert {name: [*np.bincount(part.y)] for name, part in parts.items()} == {
        "train": [12, 6],
        "validation": [4, 2],
        "test": [4, 2],
    }


def test_the_seed_draws_the_parts():
    one, same, other = (split(X, Y, SHARES, seed)["test"].x for seed in (0, 0, 1))
    assert (one == same).all()
    assert (one != other).any()


@pytest.mark.parametrize(
    ("x", "y", "told"),
    [
        (X[:, 0], Y, r"rows of finite numbers, not float64 \(30,\)"),
        (np.where(X > 5, X, np.nan), Y, "finite"),
        (X, Y[:-1], "a class a row"),
        (X, Y * 2, "none left out"),
        (X, Y * 0, "two classes or more"),
        (X[:21], Y[:21], r"split\.validation: 0\.2 of the 1 samples of class 1 is none"),
    ],
)
def test_other_data_are_refused(x, y, told):
    with pytest.raises(Refused, match=told):
        split(x, y, SHARES, seed=0)


def test_the_data_set_is_one_that_can_be_split():
    assert set(split(*dataset.load(), SHARES, seed=0)) == set(SHARES)
