import numpy as np
import pytest
from sklearn.datasets import load_digits, load_iris

from digitrack import Refused
from digitrack.data import split


def test_the_parts_cover_the_data_once_with_equal_class_shares(digits):
    parts = (digits.train, digits.validation, digits.test)
    np.testing.assert_array_equal(np.sort(np.concatenate([part.ids for part in parts])), np.arange(1797))
    for part, share in zip(parts, (0.6, 0.2, 0.2), strict=True):
        assert (np.diff(part.ids) > 0).all()
        np.testing.assert_allclose(np.bincount(part.y), share * np.bincount(load_digits().target), atol=1.5)


def test_the_training_part_alone_sets_the_scale(digits):
    flat = digits.train.raw.reshape(-1, 64)
    np.testing.assert_allclose(digits.scaler.mean, flat.mean(0))
    np.testing.assert_allclose(digits.scaler.scale, np.where(flat.std(0) > 0, flat.std(0), 1))
    np.testing.assert_allclose(
        digits.test.x * digits.scaler.scale + digits.scaler.mean, digits.test.raw.reshape(-1, 64), atol=1e-12
    )


def test_unscaling_gives_the_pixels_back(digits):
    np.testing.assert_allclose(split.unscale(digits.test.x[0], digits.scaler), digits.test.raw[0].ravel(), atol=1e-12)


def test_the_seed_alone_decides_which_sample_goes_where(digits):
    again, other = (split.make(load_digits, 0.6, 0.2, 0.2, seed) for seed in (0, 1))
    np.testing.assert_array_equal(again.train.ids, digits.train.ids)
    assert (other.train.ids != digits.train.ids).any()


def test_too_few_samples_for_the_split_are_said_so():
    with pytest.raises(Refused, match=r"^split: "):
        split.make(load_digits, train=0.9989, validation=0.001, test=0.0001, seed=0)


def test_what_cannot_be_loaded_and_what_are_no_images_are_said_so():
    def offline():
        raise ConnectionError("no route\nto host")

    def refused():
        raise Refused("data: mine")

    for load, told in (
        (offline, "^data can't be loaded: no route to host$"),
        (refused, "^data: mine$"),
        (load_iris, "^data: there are no images"),
    ):
        with pytest.raises(Refused, match=told):
            split.make(load, 0.6, 0.2, 0.2, seed=0)
