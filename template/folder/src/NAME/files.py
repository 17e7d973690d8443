"""Arrays in .npz files: equal arrays give equal bytes, and nothing pickled is loaded."""

from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from NAME import Refused


def write(file: Path, **arrays: np.ndarray) -> None:
    """Write arrays by name, and make the file's folder."""
    file.parent.mkdir(parents=True, exist_ok=True)
    np.savez(file, allow_pickle=False, **arrays)


def read(file: Path, *names: str) -> list[np.ndarray]:
    """The arrays of these names. Raises Refused when the file is missing, damaged, or lacks one of them."""
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
            return [arrays[name] for name in names]
    except FileNotFoundError:
        raise Refused(f"{file} is missing") from None
    except (ValueError, KeyError, EOFError, OSError, BadZipFile) as error:
        raise Refused(f"{file} is damaged ({' '.join(str(error).split())[:100]})") from None
