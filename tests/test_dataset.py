import numpy as np
import pytest
from sklearn.datasets import load_digits

from digitrack import config, dataset
from digitrack.errors import UserError

DIGITS = {"_target_": "sklearn.datasets.load_digits"}
SHARES = config.Split(0.6, 0.2, 0.2)


@pytest.fixture(scope="module")
def data():
    return dataset.make(DIGITS, SHARES, seed=0)


def test_the_parts_cover_the_data_once_with_equal_class_shares(data):
    parts = (data.train, data.validation, data.test)
    np.testing.assert_array_equal(np.sort(np.concatenate([part.ids for part in parts])), np.arange(1797))
    for part, share in zip(parts, (0.6, 0.2, 0.2), strict=True):
        np.testing.assert_allclose(np.bincount(part.y), share * np.bincount(load_digits().target), atol=1.5)


def test_the_training_part_alone_sets_the_scale(data):
    flat = data.train.raw.reshape(-1, 64)
    np.testing.assert_allclose(data.scaler.mean, flat.mean(0))
    np.testing.assert_allclose(data.scaler.scale, np.where(flat.std(0) > 0, flat.std(0), 1))
    np.testing.assert_allclose(
        data.test.x * data.scaler.scale + data.scaler.mean, data.test.raw.reshape(-1, 64), atol=1e-12
    )


def test_unscaling_gives_the_pixels_back(data):
    np.testing.assert_allclose(dataset.unscale(data.test.x[0], data.scaler), data.test.raw[0].ravel(), atol=1e-12)


def test_too_few_samples_for_the_split_are_said_so():
    with pytest.raises(UserError, match="split: "):
        dataset.make(DIGITS, config.Split(0.9989, 0.001, 0.0001), seed=0)
