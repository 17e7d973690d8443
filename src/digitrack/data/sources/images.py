"""Load a folder of pictures: each folder in it is a class, whose PNG and JPEG files are the samples."""

from pathlib import Path

import numpy as np

from digitrack import Refused

from ..names import as_text, shown
from ..pictures import resized
from ..source import Source
from .classes import coded

ENDINGS = (".png", ".jpg", ".jpeg")


def load(path: str, size: list[int], color: str = "grey") -> Source:
    """Load all pictures, resized to `size` [height, width], as `grey` or `color`: uint8. Raises Refused."""
    files = _files(Path(path))
    y, names = _classes(path, files)
    height, width = size
    x = np.empty((len(files), height, width, *([3] if color == "color" else [])), np.uint8)
    for place, file in enumerate(files):
        x[place] = resized(file, (height, width), color == "color")
    return Source(x, y, names)


def labels(path: str, size: list[int], color: str = "grey") -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the classes (n,) and their names, without reading the pictures."""
    return _classes(path, _files(Path(path)))


def _classes(path: str, files: list[Path]) -> tuple[np.ndarray, tuple[str, ...]]:
    try:
        return coded([file.parent.name for file in files], lambda place: str(files[place]))
    except ValueError as error:
        raise Refused(f"{path}: {error}") from None


def _files(folder: Path) -> list[Path]:
    """Return the pictures, class by class, sorted by name; hidden files are skipped."""
    if not folder.is_dir():
        raise Refused(f"{folder} is {'not a folder' if folder.exists() else 'missing'}")
    found: list[Path] = []
    for kind in _visible(folder):
        if kind.suffix.lower() in ENDINGS and kind.is_file():
            raise Refused(f"{kind} is not in a class's folder: there must be one folder per class")
        if not kind.is_dir():
            continue  # a README, for example
        inside = _visible(kind)
        if not inside:
            raise Refused(f"{kind} is empty: a class needs pictures")
        for file in inside:
            if file.suffix.lower() not in ENDINGS or not file.is_file():
                raise Refused(f"{file} is not a PNG or JPEG: a class's folder must hold nothing else")
        found += inside
    if not found:
        raise Refused(f"{folder} holds no folders with pictures: there must be one per class")
    return found


def _visible(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    for path in found:
        if as_text(path.name) != path.name:
            raise Refused(f"{shown(str(path))} has a name that is not UTF-8, which DVC can't handle: rename it")
    return found
