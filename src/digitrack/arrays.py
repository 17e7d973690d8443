"""Arrays in .npz files: the same bytes for the same arrays, and nothing pickled."""

import hashlib
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from digitrack.errors import UserError

WEIGHTS = ("W_h", "b_h", "W_o", "b_o")  # a network's arrays: hidden layer, output layer


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


def save(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write arrays to an .npz file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, allow_pickle=False, **arrays)


def load(path: Path, names: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Read the named arrays. Raises UserError when the file is missing, damaged or lacks one."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in names}
    except FileNotFoundError:
        raise UserError(f"{path} is missing: `dvc repro` makes it") from None
    except KeyError as error:
        raise UserError(f"{path} is not what it should be: {error.args[0]}") from None
    except (ValueError, EOFError, zipfile.BadZipFile, zipfile.error) as error:
        raise UserError(f"{path} is damaged ({' '.join(str(error).split())}): `dvc checkout {path}`") from None


def load_samples(path: Path) -> Samples:
    """Read samples. Raises UserError as `load` does."""
    return Samples(**load(path, Samples._fields))


def load_scaler(path: Path) -> Scaler:
    """Read a scaler. Raises UserError as `load` does."""
    return Scaler(**load(path, Scaler._fields))


def digest(samples: Samples) -> str:
    """A hash that equal samples share."""
    content = hashlib.md5(usedforsecurity=False)
    for array in samples:
        content.update(array.tobytes())
    return content.hexdigest()


def md5(path: Path) -> str:
    """The hash by which DVC, too, knows a file."""
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
