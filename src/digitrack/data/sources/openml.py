"""A table of openml.org, by scikit-learn.

What was fetched is kept as the server sent it, JSON and ARFF, which are texts: nothing pickled is written or read. The
table is held against the server's checksum, and parsed by pandas.
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
    id: int | None = None,  # noqa: A002 (the server's own word)
    target: str | None = None,
    shape: list[int] | None = None,
) -> Source:
    """The data set of this name and version, or of this id; its own target unless another is named.

    A row of pixels becomes an image of `shape`, if one is given. What was fetched once needs no network again.
    """
    what = f"openml {f'data set {id}' if name is None else f'{name}, version {version}'}"
    found = _fetched(what, name, version, id, target)
    try:
        if found.target is None or found.target.ndim != 1:
            raise ValueError("it has not one target: name a column by data.target")
        y, names = coded(_plain(found.target), row)
        x, columns = features(found.data)
        return Source(shaped(x, shape), y, names, None if shape else columns)
    except ValueError as error:
        raise Refused(f"{what}: {' '.join(str(error).split())}") from None


def labels(**settings: Any) -> np.ndarray:
    """The classes (n,). The server has no such table of them alone, so that all of it is fetched, if it was not yet."""
    return load(**settings).y


def _fetched(what: str, name: str | None, version: int | None, number: int | None, target: str | None) -> Any:
    from sklearn.datasets import fetch_openml

    asked: dict[str, Any] = {"data_id": number} if name is None else {"name": name, "version": version}
    if target is not None:
        asked["target_column"] = target
    try:
        with warnings.catch_warnings(action="ignore"):  # of retries, and of what others say of a data set
            return fetch_openml(**asked, as_frame=True, parser="pandas", n_retries=1)
    except OSError as error:
        raise Refused(f"{what} can't be fetched from openml.org: {error}") from None
    except Exception as error:  # what a server answers can be anything
        raise Refused(f"{what}: {' '.join(str(error).split())}") from None


def _plain(target: Any) -> np.ndarray:
    """A pandas column, of categories or not, as numbers or texts."""
    return target.to_numpy() if target.dtype.kind in "biuf" else target.astype(object).to_numpy()
