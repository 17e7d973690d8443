"""The first use of an SQLite store, which makes its tables.

Two processes that make them at once break the store for good, so this happens under a lock; and aside, because a store
whose making was cut off would stay broken too.
"""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from time import sleep, time

from filelock import FileLock
from mlflow.store.tracking import DEFAULT_LOCAL_FILE_AND_ARTIFACT_PATH

from tracked.store import database_uri

SECONDS_TO_MAKE = 5.0  # between two writes of a program that makes a store


def missing(uri: str) -> Path | None:
    """The file of an SQLite store that is still to be made; None for what is there, or is no SQLite store."""
    file = database_uri.file_of(uri)
    return file if file and not file.exists() else None


def wait_until_made(uri: str) -> None:
    """Wait while another program, as `mlflow ui`, makes the tables of an SQLite store: MLflow would make them too, and
    both fail. One that nobody writes to is left to MLflow to judge."""
    file = database_uri.file_of(uri)
    if file is None or not file.is_file() or _has_tables(file):
        return
    while time() - file.stat().st_mtime < SECONDS_TO_MAKE and not _is_made(file):
        sleep(0.2)


def _has_tables(file: Path) -> bool:
    from mlflow.store.db.utils import Base

    found = _ask(file, "SELECT name FROM sqlite_master WHERE type = 'table'")
    return set(Base.metadata.tables) <= {name for (name,) in found}


def _is_made(file: Path) -> bool:
    from mlflow.store.db.utils import _get_latest_schema_revision

    return _ask(file, "SELECT version_num FROM alembic_version") == [(_get_latest_schema_revision(),)]


def _ask(file: Path, question: str) -> list[tuple]:
    with suppress(sqlite3.Error), closing(sqlite3.connect(file, timeout=1)) as database:
        return database.execute(question).fetchall()
    return []


def make(uri: str, artifacts: str = DEFAULT_LOCAL_FILE_AND_ARTIFACT_PATH) -> None:
    """Make an SQLite store that is not there; `artifacts` is where MLflow's own experiment keeps them."""
    if not (file := missing(uri)):
        return
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore  # a second, which a server's users need not wait

    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{file}.lock"):  # several repositories may share it
        if missing(uri):
            part = file.with_name(f"{file.name}.part")
            part.unlink(missing_ok=True)
            SqlAlchemyStore(database_uri.uri_of(part), artifacts).engine.dispose()
            _put(part, file)


def _put(part: Path, file: Path) -> None:
    """Give a file its name, unless a program without our lock has made one of that name meanwhile."""
    try:
        os.link(part, file)
    except OSError:  # it is there, or its disk knows no links
        if not file.exists():
            part.replace(file)
            return
    part.unlink()
