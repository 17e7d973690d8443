"""Whatever a loader gives: a correct split and a training, or one line that says what is wrong with the data."""

import os
from math import ceil
from pathlib import Path

import numpy as np
import pytest
import yaml
from sklearn.utils import Bunch

import pipeline.objects
import pipeline.split
import pipeline.train_numpy
from digitrack import Refused
from digitrack.data.samples import read_samples
from digitrack.data.scaled import unscale
from tracked.dvc.internals import composition, written
from tracked.outcome import unheard
from tracked.settings.validation import validate

SOAK = float(os.environ.get("SOAK", "1"))
ROOT = Path(__file__).parents[2]
SETTINGS = yaml.safe_load(written(composition(ROOT / "conf")))
SETTINGS["train_numpy"] |= {"epochs": 1, "n_hidden": 3}
VALID = validate(SETTINGS, "conf/")


def plain(rng):
    """Images (n, height, width) and classes (n,), of any size that can be split."""
    k = int(rng.integers(2, 5))
    n = k * int(rng.integers(5, 20))
    images = rng.integers(0, 17, (n, *rng.integers(1, 6, 2))).astype(rng.choice([np.uint8, np.int64, float]))
    return images, rng.permutation(np.arange(n) % k)


def of_images(change):
    return lambda images, target, rng: Bunch(images=change(images, rng), target=target)


def of_target(change):
    return lambda images, target, rng: Bunch(images=images, target=change(target, rng))


def with_one(value):
    """One of the values is another."""

    def changed(array, rng):
        other = array.astype(float)
        other.flat[rng.integers(other.size)] = value
        return other

    return changed


RIGHT = {  # what can be learned from
    "nothing odd": of_images(lambda images, rng: images),
    "constant pixels": of_images(lambda images, rng: np.where(np.arange(images.shape[2]) % 2, images, 7)),
    "one colour": of_images(lambda images, rng: np.zeros_like(images)),
    "true and false": of_images(lambda images, rng: images > 8),
    "fractions": of_images(lambda images, rng: images / 16),
    "tiny": of_images(lambda images, rng: images * 1e-30),
    "large pixels": of_images(lambda images, rng: images * 1e6),
    "rows": of_images(lambda images, rng: images.reshape(len(images), -1) - 9.0),
    "in colour": of_images(lambda images, rng: np.stack([images, images, images], axis=-1)),
    "seconds since 1970": of_images(lambda images, rng: images.reshape(len(images), -1) * 3600.0 + 1.7e9),
    "metres of atoms": of_images(lambda images, rng: images.reshape(len(images), -1) * 1e-11),
    "lists": of_images(lambda images, rng: images.tolist()),
    "whole floats": of_target(lambda target, rng: target.astype(float)),
    "small integers": of_target(lambda target, rng: target.astype(np.uint8)),
    "words": of_target(lambda target, rng: target.astype(str)),
    "objects as classes": of_target(lambda target, rng: target.astype(object)),
    "a pair": lambda images, target, rng: (images, target),
    "unequal shares": of_target(lambda target, rng: np.where(np.arange(len(target)) < 5, target.max(), target)),
}
WRONG = {
    "no images": lambda images, target, rng: Bunch(pixels=images, target=target),
    "no target": lambda images, target, rng: Bunch(images=images),
    "no loader's": lambda images, target, rng: (images, target, rng),
    "nothing": lambda images, target, rng: None,
    "other lengths": of_target(lambda target, rng: target[:-1]),
    "other rows": of_target(lambda target, rng: target[:, None]),
    "no samples": lambda images, target, rng: Bunch(images=images[:0], target=target[:0]),
    "two samples": lambda images, target, rng: Bunch(images=images[:2], target=np.array([0, 1])),
    "no pixels": of_images(lambda images, rng: images[:, :0]),
    "one number each": of_images(lambda images, rng: images[:, 0, 0]),
    "one colour each": of_images(lambda images, rng: images[..., None]),
    "ragged": of_images(lambda images, rng: [*images.tolist(), [[1]] * 9]),
    "a word each": of_images(lambda images, rng: images.astype(str)),
    "objects": of_images(lambda images, rng: images.astype(object)),
    "complex": of_images(lambda images, rng: images + 1j),
    "dates": of_images(lambda images, rng: images.astype("M8[s]")),
    "nan": of_images(with_one(np.nan)),
    "infinite": of_images(with_one(np.inf)),
    "negative": of_images(with_one(-1)),
    "huge": of_images(with_one(1e300)),
    "one class": of_target(lambda target, rng: target * 0),
    "from one": of_target(lambda target, rng: target + 1),
    "a gap": of_target(lambda target, rng: np.where(target == target.max(), target.max() + 1, target)),
    "negative class": of_target(with_one(-1)),
    "huge class": of_target(with_one(2.0**40)),
    "half a class": of_target(with_one(0.5)),
    "nan class": of_target(with_one(np.nan)),
    "infinite class": of_target(with_one(np.inf)),
    "a class of one": of_target(lambda target, rng: np.where(np.arange(len(target)), 0, 1)),
    "a class of two": of_target(lambda target, rng: np.where(np.arange(len(target)) > 1, 0, 1)),
}
ALL = RIGHT | WRONG


@pytest.mark.parametrize("name", ALL)
def test_odd_data_are_split_as_they_should_or_refused(tmp_path, monkeypatch, name):
    walk(name, range(1), tmp_path, monkeypatch)


@pytest.mark.soak
@pytest.mark.parametrize("name", ALL)
def test_a_thousand_odd_data_are_split_as_they_should_or_refused(tmp_path, monkeypatch, name):
    walk(name, range(1, 1 + ceil(24 * SOAK)), tmp_path, monkeypatch)


def walk(name, seeds, folder, monkeypatch):
    for seed in seeds:
        rng = np.random.default_rng(seed)
        images, target = plain(rng)
        loaded = ALL[name](images, target, rng)
        monkeypatch.setattr(pipeline.objects, "maker", lambda node, key, loaded=loaded: lambda: loaded)
        try:
            pipeline.split.run(VALID, folder / str(seed), unheard)
        except Refused as error:
            told = str(error)
        else:
            told = ""
        assert (name in RIGHT) == (told == ""), told
        if told:
            assert told.startswith(("data: ", "split: "))
            assert len(told.splitlines()) == 1
            assert not (folder / str(seed)).exists()
        else:
            correct(folder / str(seed), loaded)
            pipeline.train_numpy.run(VALID, folder / str(seed), unheard)


def correct(folder, loaded):
    """The parts on disk hold each sample once, as it came, each class in each part, scaled by the training part."""
    images, target = (loaded.images, loaded.target) if isinstance(loaded, Bunch) else loaded
    images, target = np.asarray(images, float), np.asarray(target).astype(int)
    parts = [read_samples(folder / "data", name) for name in ("train", "validation", "test")]
    scaler = parts[0].x.scaler
    np.testing.assert_array_equal(np.sort(np.concatenate([part.ids for part in parts])), np.arange(len(images)))
    for part in parts:
        np.testing.assert_array_equal(part.raw, images[part.ids])
        np.testing.assert_array_equal(part.y, target[part.ids])
        np.testing.assert_array_equal(np.unique(part.y), np.unique(target))
        np.testing.assert_allclose(unscale(part.x[:], scaler), part.raw.reshape(part.x.shape), atol=1e-6)
    flat = parts[0].raw.reshape(len(parts[0].raw), -1)
    np.testing.assert_allclose(scaler.scale, np.where(np.ptp(flat, axis=0) > 0, flat.std(axis=0), 1))
