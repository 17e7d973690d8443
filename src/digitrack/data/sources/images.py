"""A folder of pictures: a folder in it is a class, the PNG and JPEG files in that are its samples."""

from pathlib import Path

import numpy as np

from digitrack import Refused

from ..pictures import resized
from ..source import Source
from .classes import coded

ENDINGS = (".png", ".jpg", ".jpeg")


def load(path: str, size: list[int], color: str = "grey") -> Source:
    """All pictures, resized to `size` [height, width], as `grey` or `color`: uint8."""
    files = _files(Path(path))
    y, names = _classes(path, files)
    height, width = size
    x = np.empty((len(files), height, width, *([3] if color == "color" else [])), np.uint8)
    for place, file in enumerate(files):
        x[place] = resized(file, (height, width), color == "color")
    return Source(x, y, names)


def labels(path: str, size: list[int], color: str = "grey") -> np.ndarray:
    """The classes (n,), by the names of the files alone."""
    return _classes(path, _files(Path(path)))[0]


def _classes(path: str, files: list[Path]) -> tuple[np.ndarray, tuple[str, ...]]:
    try:
        return coded([file.parent.name for file in files], lambda place: str(files[place]))
    except ValueError as error:
        raise Refused(f"{path}: {error}") from None


def _files(folder: Path) -> list[Path]:
    """The pictures, class by class, in the order of their names. Hidden files are passed over."""
    if not folder.is_dir():
        raise Refused(f"{folder} is {'no folder' if folder.exists() else 'missing'}")
    found: list[Path] = []
    for kind in _visible(folder):
        if kind.suffix.lower() in ENDINGS and kind.is_file():
            raise Refused(f"{kind} lies in no folder of a class")
        if not kind.is_dir():
            continue  # a note, or the like
        inside = _visible(kind)
        if not inside:
            raise Refused(f"{kind} is empty: a class needs pictures")
        for file in inside:
            if file.suffix.lower() not in ENDINGS or not file.is_file():
                raise Refused(f"{file} is no PNG or JPEG: a class's folder holds nothing else")
        found += inside
    if not found:
        raise Refused(f"{folder} holds no folders with pictures, one a class")
    return found


def _visible(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
