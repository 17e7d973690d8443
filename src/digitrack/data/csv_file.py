"""Read a CSV file with a header as a table, for training and for prediction."""

import gzip
import re
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from csv import reader
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from digitrack import Refused

if TYPE_CHECKING:
    import pandas as pd

SEPARATORS = ",;\t|"  # characters that may stand between cells
TOO_LONG = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")  # pandas' message


def separator_of(line: str) -> str:
    """Return the separator that a line has most of, a comma if it has none. csv.Sniffer rejects a single column."""
    return max(SEPARATORS, key=line.count)


def opened(path: str) -> BinaryIO:
    """Open a file, `.gz` or plain; pandas would take some paths for addresses. Raises ValueError or OSError."""
    if not Path(path).is_file():
        what = "a folder" if Path(path).is_dir() else "not a file"
        raise ValueError(f"it is {what}" if Path(path).exists() else "it is missing")
    return gzip.open(path) if path.endswith(".gz") else Path(path).open("rb")  # type: ignore[return-value]


def header(path: str, separator: str | None = None, names: Collection[str] = ()) -> tuple[list[str], str]:
    """Return the names in the first line, without spaces around them, and the separator between them.

    If none is given, it is the first separator that yields all `names`, or else the one that the line has most of.
    """
    with opened(path) as file, TextIOWrapper(file, "utf-8-sig", newline="") as text:
        first = text.readline()
        likely = separator or separator_of(first)
        for tried in likely if separator else dict.fromkeys(likely + SEPARATORS):
            text.seek(0)
            found = [name.strip() for name in next(reader(text, delimiter=tried, skipinitialspace=True), [])]
            if tried == likely or (names and set(names) <= set(found)):
                chosen = (found, tried)
            if set(names) <= set(found):
                break
    return chosen


def read(
    path: str, header: list[str], separator: str, columns: list[str], text: str | None = None, alone: bool = False
) -> "pd.DataFrame":
    """Return these columns of the file, in this order; the column `text`, if given, as strings.

    With `alone`, pandas parses no other columns, and returns all as strings: this is faster, but does not notice rows
    that are longer than the header.
    """
    import pandas as pd

    places = [header.index(name) for name in columns]
    how: dict[str, Any] = {"usecols": places, "dtype": str} if alone else {}
    if text is not None and not alone:
        how["dtype"] = {header.index(text): str}
    with opened(path) as file, warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)  # else pandas cuts off rows longer than the header
        table = pd.read_csv(
            file, sep=separator, encoding="utf-8-sig", index_col=False, skipinitialspace=True, low_memory=False,
            keep_default_na=False, na_values=[""], **how,
        )  # fmt: skip
    if table.empty:
        raise ValueError("it has no rows below the header")
    found = table if alone else table.iloc[:, places]
    return found.set_axis(columns, axis="columns")


@contextmanager
def named(path: str) -> Iterator[None]:
    """Raise any error in the block as Refused, with the file's name in front."""
    try:
        yield
    except OSError as error:
        raise Refused(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise Refused(f"{path}: it is not text in UTF-8: save it as CSV in UTF-8") from None
    except Refused:
        raise
    except Exception as error:  # pandas and its readers raise any exception on other files
        message = " ".join(str(error).split())
        if found := TOO_LONG.search(message):
            message = "line {1} has {2} cells, but the lines above it have {0}".format(*found.groups())
        other = "" if type(error) is ValueError else "it is not a CSV file: "
        raise Refused(f"{path}: {other}{message}") from None
