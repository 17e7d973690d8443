"""Load a table of openml.org with scikit-learn.

scikit-learn stores what it downloads as the server sent it, as JSON and ARFF: both are text, so nothing pickled is
written or read. It compares the table with the server's checksum, and pandas parses it.
"""

import warnings
from typing import Any

import numpy as np

from digitrack import Refused

from ..source import Source
from .classes import coded
from .tables import features, row, shaped


def load(
    name: str | None = None,
    version: int | None = None,
    id: int | None = None,  # noqa: A002 (the server's word)
    target: str | None = None,
    shape: list[int] | None = None,
) -> Source:
    """Load the data set with this name and version, or this id; `target` is a column, None the one that it names.

    Each row becomes an image of `shape`, if one is given. Only the first call needs the network. Raises Refused.
    """
    what = f"openml {f'data set {id}' if name is None else f'{name}, version {version}'}"
    found = _fetched(what, name, version, id, target)
    try:
        if found.target is None or found.target.ndim != 1:
            raise ValueError("it has no target, or several: set data.target to one column")
        y, names = coded(_plain(found.target), row)
        x, columns = features(found.data)
        return Source(shaped(x, shape), y, names, columns)
    except ValueError as error:
        raise Refused(f"{what}: {' '.join(str(error).split())}") from None


def labels(**settings: Any) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the classes (n,) and their names. They can't be downloaded alone: the first call downloads the table."""
    found = load(**settings)
    return found.y, tuple(found.class_names)


def _fetched(what: str, name: str | None, version: int | None, number: int | None, target: str | None) -> Any:
    from sklearn.datasets import fetch_openml

    asked: dict[str, Any] = {"data_id": number} if name is None else {"name": name, "version": version}
    if target is not None:
        asked["target_column"] = target
    try:
        with warnings.catch_warnings(action="ignore"):  # about retries, and the server's notes on a data set
            return fetch_openml(**asked, as_frame=True, parser="pandas", n_retries=1)
    except OSError as error:
        raise Refused(f"{what} can't be fetched from openml.org: {error}") from None
    except Exception as error:  # a server can answer anything
        raise Refused(f"{what}: {' '.join(str(error).split())}") from None


def _plain(target: Any) -> np.ndarray:
    """Return a pandas column, categorical or not, as numbers or texts."""
    return target.to_numpy() if target.dtype.kind in "biuf" else target.astype(object).to_numpy()
