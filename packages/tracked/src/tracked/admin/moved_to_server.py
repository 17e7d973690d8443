"""A repository's own store, with its files, moved to a server's database and folder; what is here stays as it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from mlflow.exceptions import MlflowException
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import SQLAlchemyError

from tracked.admin import moved_files, shared_store
from tracked.admin.backup import copy_database
from tracked.admin.moving import Count, Move
from tracked.errors import UserError
from tracked.messages import one_line
from tracked.runs import queue
from tracked.secrets.masking import masked
from tracked.store import database_uri


def move(root: Path, database: str, destination: str) -> list[Count]:
    """Copy the store of the repository `root` to the database and the artifacts' destination of a server.

    Files first, then all rows in one transaction: what is cut off is moved by the next start, and nothing twice.
    Raises UserError for what can't be moved, and when something does not arrive.
    """
    store = root / "mlflow.db"
    if not store.is_file():
        raise UserError(f"{store} does not exist: there is no store to move")
    if any(record.get("store") == "own" for _, record in queue.records(root)):
        raise UserError(
            "some runs are still queued for this store: log them with `tracked ui`, without MLFLOW_TRACKING_URI"
        )
    shared_store.prepare(database)
    with _snapshot(store) as here, _server(database) as there, here.connect() as source:
        with there.begin() as connection:
            made = Move(source, connection)
        n_files = moved_files.copy(made.folders, destination)
        with there.begin() as made.there:
            counts = made.rows()
    n_here = moved_files.count(made.translation.locations)
    return [*counts, Count("files", n_here, n_here - n_files, n_files)]


@contextmanager
def _snapshot(store: Path) -> Iterator[Engine]:
    """A copy of a store as it is now: who writes to it need not wait, and nothing is written to it."""
    with TemporaryDirectory() as folder:
        copy_database(store, Path(folder) / "mlflow.db")
        engine = create_engine(database_uri.uri_of(Path(folder) / "mlflow.db"))
        try:
            yield engine
        finally:
            engine.dispose()


@contextmanager
def _server(database: str) -> Iterator[Engine]:
    """The database of a server, with MLflow's tables, which are made where there are none."""
    engine = create_engine(database)
    try:
        SqlAlchemyStore(database, shared_store.ARTIFACTS).engine.dispose()
        yield engine
    except (SQLAlchemyError, MlflowException) as error:
        raise UserError(f"nothing was moved to {masked(database)}: {one_line(error, 300)}") from None
    finally:
        engine.dispose()
