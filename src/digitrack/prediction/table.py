"""Read samples from a CSV file, one row for each."""

import csv
from io import TextIOWrapper
from pathlib import Path

import numpy as np

from digitrack import Refused
from digitrack.data import csv_file
from digitrack.data.sample_info import SampleInfo
from digitrack.data.sources.tables import features


def rows_of(path: Path, info: SampleInfo) -> np.ndarray:
    """Return the rows (n, n_features) as the model that `info` describes takes them; the header may be missing.

    If the header names the features, columns may be in any order, and others among them; any other header is skipped.
    Raises Refused, naming the line or column that is wrong, or the columns that are missing.
    """
    if not path.exists():
        raise Refused(f"{path} is missing")
    wanted = [name.strip() for name in info.feature_names or ()]
    with csv_file.named(str(path)):
        header, separator = csv_file.header(str(path), names=wanted)
        if set(wanted) & set(header):
            return info.checked(_by_name(path, header, separator, wanted))
        return _by_place(path, separator, info)


def _by_name(path: Path, header: list[str], separator: str, wanted: list[str]) -> np.ndarray:
    if missing := [name for name in wanted if name not in header]:
        raise Refused(f"{path} has no column {_some(missing)}, which the model takes: it has {', '.join(header)}"[:300])
    if twice := [name for name in wanted if header.count(name) > 1]:
        raise Refused(f"{path} has two columns called {twice[0]}")
    return features(csv_file.read(str(path), header, separator, wanted))[0]


def _by_place(path: Path, separator: str, info: SampleInfo) -> np.ndarray:
    """Return the rows of a file whose columns are the features in their order."""
    with csv_file.opened(str(path)) as file, TextIOWrapper(file, "utf-8-sig", newline="") as text:
        lines = [(number, cells) for number, cells in enumerate(csv.reader(text, delimiter=separator), 1) if cells]
    if lines and not any(map(_is_number, lines[0][1])):
        if info.feature_names:
            message = f"{path} has no column {_some(list(info.feature_names))}, which the model takes"
            raise Refused(f"{message}: it has {', '.join(lines[0][1])}"[:300])
        del lines[0]
    if not lines:
        raise Refused(f"{path} has no rows: each must have the {info.n_features} numbers of a sample")
    rows = []
    for number, cells in lines:
        if len(cells) == info.n_features + 1 and not cells[-1].strip():  # a separator at the end of the line
            del cells[-1]
        try:
            rows.append(info.checked([cells])[0])
        except ValueError as error:
            raise Refused(f"{path}, line {number}: {error}") from None
    return np.array(rows)


def _some(names: list[str]) -> str:
    return ", ".join(names) if len(names) < 6 else f"{', '.join(names[:5])}, ..."


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
