"""The address of an SQLite file, whatever characters are in its path, and the file of an address.

SQLAlchemy decodes %XX in it, and takes what follows a "?" for options.
"""

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

START = "sqlite:///"
ATTEMPTS = 4  # to open a database, in 1 s: by itself MLflow tries for 102 s


def uri_of(file: Path) -> str:
    """The address of a file, by its absolute path."""
    return START + str(file).replace("%", "%25").replace("?", "%3F")


def file_of(uri: str) -> Path | None:
    """The file of an address; None for what is none of an SQLite file."""
    return Path(unquote(uri.removeprefix(START).partition("?")[0])) if uri.startswith(START) else None


def adapt_mlflow(uri: str) -> None:
    """Have MLflow make no folder by the undecoded address of an SQLite file, beside the one that it lies in, tell
    within seconds that a database can't be opened, and make tables wherever it is installed."""
    if uri.startswith("http"):
        return
    from mlflow.store.db import utils  # half a second, which a server's users need not wait

    utils.MAX_RETRY_COUNT = ATTEMPTS
    utils._make_parent_dirs_if_sqlite = lambda db_uri: None  # MLflow 3.17: made before it connects
    if "%" in utils.__file__:
        _escape_folders()


@cache  # a second escape would be one too many
def _escape_folders() -> None:
    """MLflow makes tables by alembic, which takes a "%" in the name of a folder for a reference to another setting.

    MLflow 3.17 escapes the database's address and not the folder, and has no setting for it.
    """
    from alembic.config import Config

    plain = Config.set_main_option

    def set_main_option(self: Any, name: str, value: str) -> None:
        plain(self, name, value.replace("%", "%%") if name == "script_location" else value)

    Config.set_main_option = set_main_option  # type: ignore[method-assign]
