"""Read arrays from .npz and .npy files.

An .npz file is read to its end, where zipfile compares its checksum; numpy would stop where an array's header says. An
.npy file is memory-mapped: its values are read when they are used.
"""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import numpy as np

from digitrack import Refused


def read(path: Path, names: tuple[str, ...]) -> list[np.ndarray]:
    """Return the arrays with these names; nothing pickled is loaded.

    Raises Refused when the file is missing or damaged, or does not hold exactly these arrays.
    """
    try:
        with ZipFile(path) as file:
            found = sorted(name.removesuffix(".npy") for name in file.namelist())
            if found == sorted(names):
                return [_array(file.read(f"{name}.npy")) for name in names]
    except FileNotFoundError:
        raise Refused(f"{path} is missing") from None
    except (IsADirectoryError, PermissionError) as error:
        raise Refused(f"{path} can't be read: {error.strerror}") from None
    except Exception as error:  # zipfile and numpy raise any exception on damaged bytes
        raise Refused(f"{path} is damaged ({' '.join(str(error).split())})") from None
    raise Refused(f"{path} is not valid: it must hold {', '.join(names)}, not {', '.join(found)}"[:300])


def mapped(path: Path) -> np.ndarray:
    """Return the array in an .npy file, memory-mapped and read-only; nothing pickled is loaded.

    Raises Refused when the file is missing or damaged.
    """
    try:
        array = np.lib.format.open_memmap(path, mode="r")
        if path.stat().st_size != array.offset + array.nbytes:
            raise ValueError("there are bytes after the array")
    except FileNotFoundError:
        raise Refused(f"{path} is missing") from None
    except (IsADirectoryError, PermissionError) as error:
        raise Refused(f"{path} can't be read: {error.strerror}") from None
    except Exception as error:  # numpy raises any exception on damaged bytes
        raise Refused(f"{path} is damaged ({' '.join(str(error).split())})") from None
    return np.asarray(array)


def _array(content: bytes) -> np.ndarray:
    """Return the array in the content of an .npy file. Raises ValueError when there is none, or more than one."""
    file = BytesIO(content)
    array = np.lib.format.read_array(file, allow_pickle=False)
    if file.read(1):
        raise ValueError("there are bytes after the array")
    return array
