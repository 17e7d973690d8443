"""Samples in a CSV file, a row each."""

import csv
from pathlib import Path

import numpy as np

from digitrack import Refused
from digitrack.data.about import About
from digitrack.data.separator import separator_of


def rows_of(path: Path, about: About) -> np.ndarray:
    """The rows (n, n_features), as a model takes them that `about` describes.

    With a header that names the features, columns may have any order, and others beside them; any other header is left
    out. Raises Refused that names the bad line, or the columns that are missing.
    """
    lines = _lines(path)
    header, columns = _header(path, lines[0][1], about) if lines else (False, None)
    samples = lines[1:] if header else lines
    if not samples:
        raise Refused(f"{path} has no rows: each must be a sample's {about.n_features} numbers")
    rows = []
    for number, cells in samples:
        if columns and len(cells) != len(lines[0][1]):
            raise Refused(f"{path}, line {number}: there are {len(cells)} cells, but {len(lines[0][1])} in the header")
        try:
            rows.append(about.checked([[cells[place] for place in columns] if columns else cells])[0])
        except ValueError as error:
            raise Refused(f"{path}, line {number}: {error}") from None
    return np.array(rows)


def _lines(path: Path) -> list[tuple[int, list[str]]]:
    """The number and the cells of each line that is not empty. Raises Refused if it is no CSV."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            first = file.readline()
            file.seek(0)
            cells_of = csv.reader(file, delimiter=separator_of(first))
            return [(number, cells) for number, cells in enumerate(cells_of, 1) if cells]
    except FileNotFoundError:
        raise Refused(f"{path} is missing") from None
    except (OSError, ValueError, csv.Error) as error:
        raise Refused(f"{path} is not readable CSV: {error}") from None


def _header(path: Path, first: list[str], about: About) -> tuple[bool, list[int] | None]:
    """Whether the first line is a header, and where in it the features are, if they have names."""
    first = [cell.strip() for cell in first]
    features = about.feature_names or ()
    found = [name for name in features if name in first]
    if not found and any(map(_is_number, first)):
        return False, None
    if features:
        if missing := [name for name in features if name not in first]:
            told = ", ".join(missing) if len(missing) < 6 else f"{', '.join(missing[:5])}, ..."
            raise Refused(f"{path} has no column {told}, which the model takes, but {', '.join(first)}"[:300])
        if twice := [name for name in features if first.count(name) > 1]:
            raise Refused(f"{path} has two columns {twice[0]}")
    return True, [first.index(name) for name in features] or None


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
