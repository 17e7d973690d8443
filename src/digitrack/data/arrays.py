"""Arrays in files. An .npz file is read whole: numpy itself stops where an array's header says, which may be before the
checksum; an .npy file is mapped into memory, and read where it is used."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import numpy as np

from digitrack import Refused


def read(path: Path, names: tuple[str, ...]) -> list[np.ndarray]:
    """The arrays of these names; nothing pickled is loaded.

    Raises Refused when the file is missing or damaged, or does not hold these arrays and no other.
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
    except Exception as error:  # over damaged bytes, zipfile and numpy raise whatever comes
        raise Refused(f"{path} is damaged ({' '.join(str(error).split())})") from None
    raise Refused(f"{path} is not what it should be: it must hold {', '.join(names)}, not {', '.join(found)}"[:300])


def mapped(path: Path) -> np.ndarray:
    """The array in an .npy file, which can't be written to; nothing pickled is loaded.

    Raises Refused when the file is missing or damaged.
    """
    try:
        array = np.lib.format.open_memmap(path, mode="r")
        if path.stat().st_size != array.offset + array.nbytes:
            raise ValueError("it goes on behind the array")
    except FileNotFoundError:
        raise Refused(f"{path} is missing") from None
    except (IsADirectoryError, PermissionError) as error:
        raise Refused(f"{path} can't be read: {error.strerror}") from None
    except Exception as error:  # over damaged bytes, numpy raises whatever comes
        raise Refused(f"{path} is damaged ({' '.join(str(error).split())})") from None
    return np.asarray(array)


def _array(content: bytes) -> np.ndarray:
    """The array in an .npy file. Raises ValueError when there is none, or more."""
    file = BytesIO(content)
    array = np.lib.format.read_array(file, allow_pickle=False)
    if file.read(1):
        raise ValueError("it goes on behind the array")
    return array
