"""Samples of the data set as files: NAME.npy, which is mapped into memory, and NAME.npz: their places and classes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np

from digitrack import Refused

from . import arrays, checks
from .scaled import Scaled, Scaler


class Samples(NamedTuple):
    """Some of the data set's samples."""

    ids: np.ndarray  # (n,), the sample's place in the data set
    raw: np.ndarray  # (n, height, width), (n, height, width, 3) or (n, n_features), as they came, in their own type
    x: Scaled  # (n, n_features), scaled when read
    y: np.ndarray  # (n,), classes as integers from 0


def save_samples(folder: Path, name: str, samples: Samples) -> None:
    """Write name.npy and name.npz, and make the folder. Equal samples give equal bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / f"{name}.npy", samples.raw, allow_pickle=False)
    crc = np.array(checksum(folder / f"{name}.npy"), np.uint32)
    np.savez(folder / f"{name}.npz", allow_pickle=False, ids=samples.ids, y=samples.y, crc=crc)


def read_samples(folder: Path, name: str) -> Samples:
    """Samples as saved. Raises Refused when a file, or scaler.npz, is missing, damaged or holds something else."""
    table, file, scaler = folder / f"{name}.npz", folder / f"{name}.npy", read_scaler(folder / "scaler.npz")
    ids, y, crc = arrays.read(table, ("ids", "y", "crc"))
    raw = arrays.mapped(file)
    with _named(table):
        checks.kinds(ids=(ids, np.int64, 1), y=(y, np.int64, 1), crc=(crc, np.uint32, 0))
    if checksum(file) != crc:
        raise Refused(f"{file} is damaged, or does not belong to {table.name}: its checksum is another")
    with _named(file):
        checks.samples(ids, raw, y, scaler.mean)
    return Samples(ids, raw, Scaled(raw, scaler), y)


def checksum(path: Path) -> int:
    """CRC-32 of a file, as zip files have it."""
    crc = 0
    with path.open("rb") as file:
        while part := file.read(2**20):
            crc = crc32(part, crc)
    return crc


def save_scaler(path: Path, scaler: Scaler) -> None:
    """Write the arrays under their names, and make the folder. Equal arrays give equal bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, allow_pickle=False, **scaler._asdict())


def read_scaler(path: Path) -> Scaler:
    """A scaler as saved. Raises Refused when the file is missing, damaged or holds something else."""
    found = Scaler(*arrays.read(path, Scaler._fields))
    with _named(path):
        checks.scaler(*found)
    return found


def belong_together(train: Samples, validation: Samples, folder: Path) -> None:
    """Raises Refused, naming their files in `folder`, when the parts are not of one data set, scaled by `train`."""
    try:
        checks.parts(train, validation)
    except ValueError as error:
        files = ", ".join(str(folder / name) for name in ("train.npy", "validation.npy", "scaler.npz"))
        raise Refused(f"{files} don't belong together: {error}") from None


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Names the file in what a check finds."""
    try:
        yield
    except ValueError as error:
        raise Refused(f"{path} is not what it should be: {error}") from None
