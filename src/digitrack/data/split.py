"""Split a data set into three parts with equal class shares, and scale them by the training part alone."""

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from digitrack import Refused

from . import checks
from .blocks import blocks
from .names import as_text
from .sample_info import SampleInfo, write_sample_info
from .samples import Samples, save_samples, save_scaler
from .scaled import Scaled, Scaler
from .source import Source

Scaling = Literal["each", "all"] | None  # divide each feature by its own deviation (None too), or all by one


class Dataset(NamedTuple):
    """The three parts, and the scaling that they share."""

    train: Samples
    validation: Samples
    test: Samples
    scaler: Scaler


def make(source: Source, train: float, validation: float, test: float, seed: int, scaling: Scaling = None) -> Dataset:
    """Split the data set, and fit the scaling to its training part.

    `train`, `validation` and `test` are the parts' shares, which add up to 1. Raises Refused when the samples fail
    `checks`, or are too few for the split.
    """
    try:
        checks.values(source.x, source.feature_names)
        if len(source.x) != len(source.y):
            raise ValueError(f"there are {len(source.x)} samples, but {len(source.y)} labels")
    except ValueError as error:
        raise Refused(f"data: {error}") from None
    places = draw(source.y, train, validation, test, seed, source.class_names)
    scaler = fitted(source.x, places[0], scaling)

    def part(i: np.ndarray) -> Samples:
        raw = source.x[i]
        return Samples(i, raw, Scaled(raw, scaler), source.y[i])

    trained, validated, tested = (part(np.sort(drawn)) for drawn in places)
    return Dataset(trained, validated, tested, scaler)


def save(folder: Path, dataset: Dataset, source: Source) -> None:
    """Write the parts, their scaling, and the description of the samples; create the folder."""
    for name in ("train", "validation", "test"):
        save_samples(folder, name, getattr(dataset, name))
    save_scaler(folder / "scaler.npz", dataset.scaler)
    features = None if source.feature_names is None else tuple(map(as_text, source.feature_names))
    info = SampleInfo(source.x.shape[1:], tuple(map(as_text, source.class_names)), features)
    write_sample_info(
        folder / "about.json", info._replace(largest=float(dataset.train.raw.max())) if info.images else info
    )


def draw(
    y: np.ndarray, train: float, validation: float, test: float, seed: int, names: Sequence[Any]
) -> tuple[np.ndarray, ...]:
    """Draw the places in y (n,) of the training, validation and test samples, with equal class shares in each.

    `names` are those of the classes, for messages. Raises Refused when the classes fail `checks`, or a part would have
    no sample of a class.
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
    except ValueError:  # scikit-learn's message names other settings than ours
        few = f"{len(y)} samples of {y.max() + 1} classes"
        raise Refused(f"split: {few} are too few for these shares: add samples, or enlarge the smallest") from None
    for part, drawn in (("train", trained), ("validation", validated), ("test", tested)):
        if len(missing := np.setdiff1d(y, y[drawn])):
            name = names[missing[0]]
            raise Refused(f"split: {part} gets no sample of class {name}: enlarge {part}, or add samples")
    return trained, validated, tested


def fitted(x: np.ndarray, places: np.ndarray, scaling: Scaling = None) -> Scaler:
    """Fit the scaling to the samples of x (n, ...) at `places`: each feature gets mean 0.

    `each`, as None, divides each feature by its own standard deviation. `all` divides all of them by the root of their
    mean variance, so that a pixel which is nearly always blank stays near 0.
    Raises Refused when a feature varies, but too little to be divided by its deviation.
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
    """Return how many of the samples in `others` also occur in `some`."""

    def digests(samples: Samples) -> list[bytes]:
        return [blake2b(row.tobytes(), digest_size=16).digest() for row in samples.x.rows]  # smaller than the rows

    known = set(digests(some))
    return sum(digest in known for digest in digests(others))
