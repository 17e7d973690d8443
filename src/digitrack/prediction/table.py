"""Digits in a CSV file, a row each."""

import csv
from pathlib import Path

import numpy as np

from digitrack import Refused

from .pixels import MOST, SIDE, checked


def rows_of(path: Path) -> np.ndarray:
    """The rows as pixels (n, 64); a header is left out. Raises Refused that names the bad line."""
    lines = digits_of(path)
    if not lines:
        raise Refused(f"{path} has no rows: each must be a digit's {SIDE**2} pixels")
    rows = []
    for number, cells in lines:
        try:
            rows.append(checked([cells], SIDE**2, MOST)[0])
        except ValueError as error:
            raise Refused(f"{path}, line {number}: {error}") from None
    return np.array(rows)


def digits_of(path: Path) -> list[tuple[int, list[str]]]:
    """The number and the cells of each line that is neither empty nor the header. Raises Refused if it is no CSV."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = [(number, cells) for number, cells in enumerate(csv.reader(file), 1) if cells]
    except FileNotFoundError:
        raise Refused(f"{path} is missing") from None
    except (OSError, ValueError, csv.Error) as error:
        raise Refused(f"{path} is not readable CSV: {error}") from None
    return lines[1:] if lines and not any(map(is_number, lines[0][1])) else lines


def is_number(cell: str) -> bool:
    """Whether a cell holds a number."""
    try:
        float(cell)
    except ValueError:
        return False
    return True
