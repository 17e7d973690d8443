"""Samples of the data set, and the scaling that they have had, as .npz files."""

import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from digitrack import Refused


class Samples(NamedTuple):
    """Some of the data set's samples."""

    ids: np.ndarray  # (n,), the sample's place in the data set
    raw: np.ndarray  # (n, height, width), pixels as they came
    x: np.ndarray  # (n, height * width), scaled
    y: np.ndarray  # (n,), classes as integers from 0


class Scaler(NamedTuple):
    """The two arrays of a fitted StandardScaler, each of shape (n_features,)."""

    mean: np.ndarray
    scale: np.ndarray


def save(path: Path, arrays: Samples | Scaler) -> None:
    """Write the arrays under their names, and make the folder. Equal arrays give equal bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, allow_pickle=False, **arrays._asdict())


def read_samples(path: Path) -> Samples:
    """Samples as saved. Raises Refused when the file is missing, damaged or holds something else."""
    return Samples(*read(path, Samples._fields))


def read_scaler(path: Path) -> Scaler:
    """A scaler as saved. Raises Refused when the file is missing, damaged or holds something else."""
    return Scaler(*read(path, Scaler._fields))


def read(path: Path, names: tuple[str, ...]) -> list[np.ndarray]:
    """The arrays of these names; nothing pickled is loaded. Raises Refused as `read_samples` does."""
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            return [file[name] for name in names]
    except FileNotFoundError:
        raise Refused(f"{path} is missing") from None
    except KeyError as error:
        raise Refused(f"{path} is not what it should be: {error.args[0]}") from None
    except (ValueError, EOFError, zipfile.BadZipFile) as error:
        raise Refused(f"{path} is damaged ({' '.join(str(error).split())})") from None
