import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.preprocessing import StandardScaler

from digitrack import Refused
from digitrack.data import blocks, split
from digitrack.data.sample_info import read_sample_info
from digitrack.data.samples import read_samples
from digitrack.data.source import Source
from digitrack.data.sources.bunch import source


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


def test_the_seed_alone_decides_which_sample_goes_where(digits):
    again, other = (split.make(source(load_digits()), 0.6, 0.2, 0.2, seed) for seed in (0, 1))
    np.testing.assert_array_equal(again.train.ids, digits.train.ids)
    assert (other.train.ids != digits.train.ids).any()


def test_too_few_samples_for_the_split_are_said_so():
    with pytest.raises(Refused, match=r"^split: "):
        split.make(source(load_digits()), train=0.9989, validation=0.001, test=0.0001, seed=0)


def test_what_are_no_samples_is_said_so():
    x, y, names = np.ones((40, 4)), np.arange(40) % 2, ("a", "b")
    for wrong, told in (
        (Source(x * np.nan, y, names), "^data: column 1, row 1 is nan"),
        (Source(x, y[1:], names), "^data: there are 40 samples, but 39 labels"),
        (Source(x, y * 0, names), "^data: classes are 0"),
        (Source(x * np.arange(40)[:, None] * 1e-110, y, names), "^data: mean must be finite"),
    ):
        with pytest.raises(Refused, match=told):
            split.make(wrong, 0.6, 0.2, 0.2, seed=0)


def test_the_class_that_a_part_lacks_is_called_by_its_name():
    y = np.array([0] * 40 + [1] * 3)
    with pytest.raises(Refused, match=r"^split: \w+ gets no sample of class rare"):
        split.make(Source(np.ones((43, 2)), y, ("often", "rare")), 0.8, 0.1, 0.1, seed=0)


def test_in_passes_the_scaling_is_that_of_all_rows_at_once(monkeypatch):
    x = np.random.default_rng(0).integers(0, 256, (1000, 7, 3)).astype(np.uint8)
    places = np.random.default_rng(1).permutation(1000)[:600]
    monkeypatch.setattr(blocks, "ROWS", 64)
    found, expected = split.fitted(x, places), StandardScaler().fit(x[places].reshape(600, 21).astype(float))
    np.testing.assert_allclose(found.mean, expected.mean_, rtol=1e-12)
    np.testing.assert_allclose(found.scale, expected.scale_, rtol=1e-12)


def test_scaled_alike_all_features_together_have_deviation_1():
    x = np.random.default_rng(0).normal(size=(50, 4, 2)) * np.arange(8).reshape(4, 2) + 9
    for scaling, deviations in (("each", [0, *[1] * 7]), ("all", x.std(0).ravel() / np.sqrt(x.var(0).mean()))):
        scaler = split.fitted(x, np.arange(50), scaling)
        scaled = (x.reshape(50, 8) - scaler.mean) / scaler.scale
        np.testing.assert_allclose(scaled.mean(0), 0, atol=1e-12)
        np.testing.assert_allclose(scaled.std(0), deviations, atol=1e-12)


def test_features_that_never_differ_are_left_as_they_are():
    for scaling in ("each", "all"):
        np.testing.assert_array_equal(split.fitted(np.full((9, 3), 7.0), np.arange(9), scaling).scale, 1)


def test_what_is_saved_tells_what_the_samples_are(tmp_path):
    rng = np.random.default_rng(0)
    images = Source(rng.integers(0, 200, (60, 3, 2)).astype(np.uint8), np.arange(60) % 2, ("cat", "dog"))
    rows = Source(rng.normal(size=(60, 2)), np.arange(60) % 3, ("a", "b", "c"), ("long", "wide"))
    for name, some in (("images", images), ("rows", rows)):
        made = split.make(some, 0.6, 0.2, 0.2, seed=0)
        split.save(tmp_path / name, made, some)
        train, about = read_samples(tmp_path / name, "train"), read_sample_info(tmp_path / name / "about.json")
        np.testing.assert_array_equal(train.raw, some.x[train.ids])
        assert train.raw.dtype == some.x.dtype
        assert (about.shape, about.class_names, about.feature_names) == (some.x.shape[1:], *some[2:])
        assert about.largest == (float(train.raw.max()) if name == "images" else None)


def test_samples_that_are_in_both_parts_are_counted():
    x = np.arange(40.0).reshape(20, 2)
    x[10:] = x[:10]  # each twice
    made = split.make(Source(x, np.arange(20) % 2, ("a", "b")), 0.6, 0.2, 0.2, seed=0)
    expected = sum((made.train.raw == row).all(axis=1).any() for row in made.test.raw)
    assert split.in_both(made.train, made.test) == expected > 0


def test_a_name_that_can_not_be_written_is_saved_by_its_escapes(tmp_path):
    odd = Source(np.arange(40.0).reshape(20, 2), np.arange(20) % 2, ("caf\udce9", "\x1b[0m"), ("\ud800", "größe"))
    split.save(tmp_path, split.make(odd, 0.6, 0.2, 0.2, seed=0), odd)
    about = read_sample_info(tmp_path / "about.json")
    assert about.class_names == (r"caf\xe9", "\x1b[0m")
    assert about.feature_names == (r"\ud800", "größe")
