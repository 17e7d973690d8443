"""The data set in three parts with equal class shares, scaled by the training part alone; by scikit-learn."""

from hashlib import blake2b
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from digitrack import Refused

from . import checks
from .about import About, write_about
from .blocks import blocks
from .samples import Samples, save_samples, save_scaler
from .scaled import Scaled, Scaler
from .source import Source

Scaling = Literal["each", "all"] | None  # by its own deviation each feature, None too, or all by one


class Dataset(NamedTuple):
    """The parts, and the scaling that they have."""

    train: Samples
    validation: Samples
    test: Samples
    scaler: Scaler


def make(source: Source, train: float, validation: float, test: float, seed: int, scaling: Scaling = None) -> Dataset:
    """Split, and fit the scaling.

    `train`, `validation` and `test` are the parts' shares, together 1. Raises Refused when the samples are not what
    `checks` asks for, or too few for the split.
    """
    try:
        checks.values(source.x)
        if len(source.x) != len(source.y):
            raise ValueError(f"there are {len(source.x)} samples, but {len(source.y)} classes")
    except ValueError as error:
        raise Refused(f"data: {error}") from None
    places = draw(source.y, train, validation, test, seed)
    scaler = fitted(source.x, places[0], scaling)

    def part(i: np.ndarray) -> Samples:
        raw = source.x[i]
        return Samples(i, raw, Scaled(raw, scaler), source.y[i])

    trained, validated, tested = (part(np.sort(drawn)) for drawn in places)
    return Dataset(trained, validated, tested, scaler)


def save(folder: Path, dataset: Dataset, source: Source) -> None:
    """Write the parts, their scaling, and what the samples are; make the folder."""
    for name in ("train", "validation", "test"):
        save_samples(folder, name, getattr(dataset, name))
    save_scaler(folder / "scaler.npz", dataset.scaler)
    about = About(source.x.shape[1:], source.class_names, source.feature_names)
    write_about(
        folder / "about.json", about._replace(largest=float(dataset.train.raw.max())) if about.images else about
    )


def draw(y: np.ndarray, train: float, validation: float, test: float, seed: int) -> tuple[np.ndarray, ...]:
    """The places in y (n,) of the training, validation and test samples, as drawn, with equal class shares in each.

    Raises Refused when the classes are not what `checks` asks for, or a part would have none of one.
    """
    from sklearn.model_selection import train_test_split

    of_rest = validation / (validation + train)
    try:
        checks.classes(y)
    except ValueError as error:
        raise Refused(f"data: {error}") from None
    try:
        rest, tested = train_test_split(np.arange(len(y)), test_size=test, stratify=y, random_state=seed)
        trained, validated = train_test_split(rest, test_size=of_rest, stratify=y[rest], random_state=seed)
    except ValueError:  # in scikit-learn's words, of settings that are not ours
        few = f"{len(y)} samples of {y.max() + 1} classes"
        raise Refused(f"split: {few} are too few for these shares: bring more, or enlarge the smallest") from None
    for part, drawn in (("train", trained), ("validation", validated), ("test", tested)):
        if len(missing := np.setdiff1d(y, y[drawn])):
            raise Refused(f"split: {part} gets no sample of class {missing[0]}: give it a larger share, or more data")
    return trained, validated, tested


def fitted(x: np.ndarray, places: np.ndarray, scaling: Scaling = None) -> Scaler:
    """The scaling that gives each feature of samples of x (n, ...) mean 0; and deviation 1 to `each`, or to `all`.

    `all` divides by the root of the features' mean variance: a pixel that is nearly always paper stays near 0.

    Raises Refused when features differ, but by so little that they can't be scaled.
    """
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler()
    for block in blocks(len(places)):
        scaler.partial_fit(x[places[block]].reshape(len(places[block]), -1))
    mean, scale = scaler.mean_, scaler.scale_
    if scaling == "all" and scaler.var_.any():
        scale = np.full_like(scale, np.sqrt(scaler.var_.mean()))
    try:
        checks.scaler(mean, scale)
    except ValueError as error:
        raise Refused(f"data: {error}") from None
    return Scaler(mean, scale)


def in_both(some: Samples, others: Samples) -> int:
    """How many of the others have an equal among some."""

    def digests(samples: Samples) -> list[bytes]:
        return [blake2b(row.tobytes(), digest_size=16).digest() for row in samples.x.rows]  # less than the rows

    known = set(digests(some))
    return sum(digest in known for digest in digests(others))
