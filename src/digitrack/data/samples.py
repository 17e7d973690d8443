"""Write and read the parts of a data set.

NAME.npy holds the samples of a part, and is memory-mapped; NAME.npz holds their places in the data set and their
classes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np

from digitrack import Refused

from . import arrays, checks
from .blocks import blocks
from .scaled import Scaled, Scaler


class Samples(NamedTuple):
    """Some samples of the data set, for example those for training."""

    ids: np.ndarray  # (n,), each sample's place in the data set
    raw: np.ndarray  # (n, height, width), (n, height, width, 3) or (n, n_features), not scaled, in their own type
    x: Scaled  # (n, n_features), scaled when read
    y: np.ndarray  # (n,), classes as integers from 0


def save_samples(folder: Path, name: str, samples: Samples) -> None:
    """Write name.npy and name.npz, and create the folder. Equal samples give equal bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / f"{name}.npy", samples.raw, allow_pickle=False)
    crc = np.array(checksum(folder / f"{name}.npy"), np.uint32)
    np.savez(folder / f"{name}.npz", allow_pickle=False, ids=samples.ids, y=samples.y, crc=crc)


def read_samples(folder: Path, name: str) -> Samples:
    """Read what `save_samples` wrote. Raises Refused when a file, or scaler.npz, is missing, damaged or not valid."""
    table, file, scaler = folder / f"{name}.npz", folder / f"{name}.npy", read_scaler(folder / "scaler.npz")
    ids, y, crc = arrays.read(table, ("ids", "y", "crc"))
    raw = arrays.mapped(file)
    with _named(table):
        checks.kinds(ids=(ids, np.int64, 1), y=(y, np.int64, 1), crc=(crc, np.uint32, 0))
    if checksum(file) != crc:
        raise Refused(f"{file} is damaged, or does not belong to {table.name}: its checksum differs")
    with _named(file):
        checks.samples(ids, raw, y, scaler.mean)
    return Samples(ids, raw, Scaled(raw, scaler), y)


def checksum(path: Path) -> int:
    """Return the CRC-32 of a file, as zip files use it."""
    crc = 0
    with path.open("rb") as file:
        while part := file.read(2**20):
            crc = crc32(part, crc)
    return crc


def save_scaler(path: Path, scaler: Scaler) -> None:
    """Write the arrays under their names, and create the folder. Equal arrays give equal bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, allow_pickle=False, **scaler._asdict())


def read_scaler(path: Path) -> Scaler:
    """Read what `save_scaler` wrote. Raises Refused when the file is missing, damaged or not valid."""
    found = Scaler(*arrays.read(path, Scaler._fields))
    with _named(path):
        checks.scaler(*found)
    return found


def belong_together(train: Samples, validation: Samples, folder: Path) -> None:
    """Raise Refused, naming the files in `folder`, unless both parts are of one data set and scaled by `train`."""
    try:
        _check_parts(train, validation)
    except ValueError as error:
        files = ", ".join(str(folder / name) for name in ("train.npy", "validation.npy", "scaler.npz"))
        raise Refused(f"{files} don't belong together: {error}") from None


def _check_parts(train: Samples, validation: Samples) -> None:
    """Raise ValueError unless both parts are of one data set, share no sample, and are scaled by the first."""
    if train.raw.shape[1:] != validation.raw.shape[1:]:
        raise ValueError(f"samples differ in size: train {train.raw.shape}, validation {validation.raw.shape}")
    if train.y.max() != validation.y.max():
        raise ValueError("train and validation differ in their classes")
    if len(np.intersect1d(train.ids, validation.ids)):
        raise ValueError("train and validation have samples in common")
    rows, mean = train.x.rows, train.x.scaler.mean
    found = sum(rows[block].sum(axis=0, dtype=float) for block in blocks(len(rows))) / len(rows)
    if not np.allclose(found, mean, rtol=1e-9, atol=1e-9 * max(1.0, float(abs(mean).max()))):
        raise ValueError("the scaler was not fitted to train")


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Raise a check's ValueError as Refused, with the file's name in front."""
    try:
        yield
    except ValueError as error:
        raise Refused(f"{path} is not valid: {error}") from None
