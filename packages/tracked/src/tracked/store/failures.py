"""What is wrong with a store that fails, in one line that says what to do."""

import errno
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from traceback import walk_tb
from typing import Any

import mlflow
import requests
from mlflow.exceptions import MlflowException
from sqlalchemy import Engine, event
from sqlalchemy.exc import SQLAlchemyError

from tracked.errors import UserError
from tracked.secrets.masking import masked
from tracked.store import database_uri

MLFLOW = Path(mlflow.__file__).parent
BUSY_SECONDS = 30  # that a busy SQLite store is waited for
HELLO_SECONDS = 8  # that a server has for its first answer
DATABASES = ("sqlite", "postgresql", "mysql", "mssql")
SERVERS = ("http", "https", "databricks", "databricks-uc", "uc")
ABOUT_WHAT_IS_THERE = {"RESOURCE_DOES_NOT_EXIST", "RESOURCE_ALREADY_EXISTS", "INVALID_PARAMETER_VALUE"}

for name in ("mlflow.store.db.utils", "urllib3.connectionpool"):
    logging.getLogger(name).setLevel(logging.CRITICAL)  # they print a traceback, or every attempt: it is said here


class StoreFailed(UserError):
    """The store does not answer, is busy, is full, or is none."""


FAILURES = (StoreFailed, OSError)  # of a call that writes to the store: artifacts are files, or uploads


@contextmanager
def in_one_line(uri: str, of_stage: bool = False) -> Iterator[None]:
    """Raise StoreFailed for what is wrong with the store itself; what it says of its entries is left as it is, and in
    code `of_stage`, which may call all of MLflow, what others of its modules say, as its flavours of a model."""
    try:
        yield
    except MlflowException as error:
        if error.error_code in ABOUT_WHAT_IS_THERE or (of_stage and not _raised_at_store(error)):
            raise
        raise StoreFailed(reason(uri, error)) from None
    except SQLAlchemyError as error:
        raise StoreFailed(reason(uri, error)) from None


@contextmanager
def of_opening(uri: str) -> Iterator[None]:
    """Raise StoreFailed also for an address that is none, for a server that does not answer, and without a driver."""
    try:
        with in_one_line(uri):
            greet(uri)
            yield
    except ImportError as error:
        scheme = uri.partition(":")[0]
        raise StoreFailed(f"MLFLOW_TRACKING_URI={scheme}:...: its driver is not installed: {error}") from None
    except OSError as error:  # of a folder that can't be made
        raise StoreFailed(f"{masked(uri)} can't be opened: {error}") from None
    except ValueError as error:
        raise StoreFailed(f"MLFLOW_TRACKING_URI is not the address of a store: {masked(str(error))}") from None


def _raised_at_store(error: MlflowException) -> bool:
    """Whether it was raised where MLflow reads and writes its store, here or on a server."""
    *_, (frame, _) = walk_tb(error.__traceback__)
    return any(Path(frame.f_code.co_filename).is_relative_to(MLFLOW / part) for part in ("store", "tracking", "utils"))


def greet(uri: str) -> None:
    """Raise StoreFailed for what is no address of a store, and when a server does not answer at all: MLflow would try
    for longer."""
    if (scheme := uri.partition(":")[0].partition("+")[0]) not in (*DATABASES, *SERVERS):
        kind = "is a folder, and MLflow keeps runs in a database" if "://" not in uri or scheme == "file" else "is none"
        raise StoreFailed(
            f"MLFLOW_TRACKING_URI={masked(uri)} {kind}: leave it unset, or give sqlite:////FOLDER/mlflow.db, or the "
            "address of a server, http://HOST:5000; `mlflow migrate-filestore` moves the runs of a folder"
        )
    if uri.startswith("http"):
        try:
            requests.get(f"{uri.rstrip('/')}/health", timeout=HELLO_SECONDS)
        except requests.Timeout as error:
            raise StoreFailed(reason(uri, error)) from None
        except requests.RequestException:
            pass  # MLflow, which knows more of how to reach it, will say so


def reason(uri: str, error: Exception) -> str:
    """What is wrong, and what to do."""
    text = masked(str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__)[:150]
    shown = masked(uri)
    if "database is locked" in str(error):
        return (
            f"{shown} is busy: another program has been writing to it for {BUSY_SECONDS} s; "
            "start again when it is done, or end it"
        )
    if is_full(error):
        return f"no space left on the disk of {shown}: make room there, and start again"
    status = error.get_http_status_code() if isinstance(error, MlflowException) else None
    if uri.startswith("http") and status == 401:
        return (
            f"MLFLOW_TRACKING_URI={shown} asks for a login (401): set MLFLOW_TRACKING_USERNAME and "
            "MLFLOW_TRACKING_PASSWORD rightly"
        )
    if uri.startswith("http") and status == 403:
        return (
            f"MLFLOW_TRACKING_URI={shown} does not allow this user to use the experiment (403): ask who runs it for "
            "the permission"
        )
    if not uri.startswith("sqlite:"):
        return f"MLFLOW_TRACKING_URI={shown} does not answer: {text}"
    if "out-of-date" in text or "Can't locate revision" in text:
        return (
            f"{shown} was made by another version of MLflow: a copy of it, and `mlflow db upgrade {shown}`, would help"
        )
    if any(sign in text for sign in ("unable to open", "readonly", "disk I/O")):
        return f"{shown} can't be read and written: {text}; look after its disk and its permissions"
    if "surrogates not allowed" in text:
        return f"{shown} can't keep a name or text that is not UTF-8: {text}"
    if n := _n_runs(uri):
        return f"{shown} has {n} runs, but can't be used: {text}; keep it, and set MLFLOW_TRACKING_URI to another store"
    return f"{shown} is no MLflow store: {text}; move it away, or set MLFLOW_TRACKING_URI"


def _n_runs(uri: str) -> int:
    """The number of runs in an SQLite file: advice to move a file away is only for one that has none."""
    file = database_uri.file_of(uri)
    if file and file.is_file():  # else connecting would make it
        with suppress(sqlite3.Error), closing(sqlite3.connect(file)) as database:
            return database.execute("SELECT count(*) FROM runs").fetchone()[0]
    return 0


def is_full(error: BaseException) -> bool:
    """Whether a disk is full, this machine's or a server's."""
    number = getattr(error, "errno", None)
    return number in (errno.ENOSPC, errno.EDQUOT) or "disk is full" in str(error) or "No space left" in str(error)


@event.listens_for(Engine, "connect")
def _be_patient_at_first(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")


@event.listens_for(Engine, "before_cursor_execute", retval=True)
def _be_patient(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> tuple[str, Any]:
    """MLflow waits 20 s for a store that another process writes to, and has no setting for it."""
    if statement.startswith("PRAGMA busy_timeout"):
        statement = f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000};"
    return statement, parameters
