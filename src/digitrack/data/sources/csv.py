"""A CSV file with a header: a row a sample, a column the classes, all others numbers."""

import gzip
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from csv import reader
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from digitrack import Refused

from ..separator import separator_of
from ..source import Source
from .classes import coded
from .tables import features, row, shaped

if TYPE_CHECKING:
    import pandas as pd

TOO_LONG = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")  # as pandas says it


def load(path: str, target: str, shape: list[int] | None = None, **how: Any) -> Source:
    """All of the file, `.csv` or `.csv.gz`; a row of pixels becomes an image of `shape`, if one is given.

    `how`: `separator`, what is between two cells, if the header does not show it.
    """
    with _named(path):
        table = _read(path, target, **how)
        y, names = coded(table.pop(target).to_numpy(object), row)
        x, columns = features(table)
        return Source(shaped(x, shape), y, names, None if shape else columns)


def labels(path: str, target: str, shape: list[int] | None = None, **how: Any) -> np.ndarray:
    """The classes (n,); of the other columns nothing is kept."""
    with _named(path):
        return coded(_read(path, target, usecols=[target], **how)[target].to_numpy(object), row)[0]


def _read(path: str, target: str, separator: str | None = None, **options: Any) -> "pd.DataFrame":
    import pandas as pd

    with _opened(path) as file, TextIOWrapper(file, "utf-8-sig", newline="") as text:
        first = text.readline()
        text.seek(0)
        separator = separator or separator_of(first)
        header = next(reader(text, delimiter=separator), [])
    if not header:
        raise ValueError("it is empty, or its first line is")
    if "" in header:
        raise ValueError(
            f"column {header.index('') + 1} has no name: name it, or, if it only counts the rows, leave it out"
        )
    if twice := sorted({name for name in header if header.count(name) > 1}):
        raise ValueError(f"two columns are called {twice[0]!r}")
    if target not in header:
        raise ValueError(f"there is no column {target!r}, but {', '.join(header)}"[:300])
    with _opened(path) as file, warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)  # rows longer than the header would lose their ends
        table = pd.read_csv(
            file, sep=separator, encoding="utf-8-sig", dtype={target: str}, index_col=False, low_memory=False,
            keep_default_na=False, na_values=[""], **options,
        )  # fmt: skip
    if table.empty:
        raise ValueError("it has no rows below the header")
    return table


def _opened(path: str) -> BinaryIO:
    """The file's content; a path, pandas would take for an address."""
    if not Path(path).is_file():
        what = "a folder" if Path(path).is_dir() else "no file"
        raise ValueError(f"it is {what}" if Path(path).exists() else "it is missing")
    return gzip.open(path) if path.endswith(".gz") else Path(path).open("rb")  # type: ignore[return-value]


@contextmanager
def _named(path: str) -> Iterator[None]:
    """Names the file in whatever is wrong with it."""
    try:
        yield
    except OSError as error:
        raise Refused(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise Refused(f"{path}: it is no text in UTF-8: save it as CSV in UTF-8") from None
    except Exception as error:  # over a file that is none, pandas and its readers raise whatever comes
        told = " ".join(str(error).split())
        if found := TOO_LONG.search(told):
            told = "line {1} has {2} cells, the first ones {0}".format(*found.groups())
        other = "" if type(error) is ValueError else "it is no CSV: "
        raise Refused(f"{path}: {other}{told}") from None
