"""The first use of an SQLite store, which makes its tables.

Two processes that make them at once break the store for good, so this happens under a lock; and aside, because a store
whose making was cut off would stay broken too.
"""

from pathlib import Path

from filelock import FileLock
from mlflow.store.tracking import DEFAULT_LOCAL_FILE_AND_ARTIFACT_PATH


def missing(uri: str) -> Path | None:
    """The file of an SQLite store that is still to be made; None for what is there, or is no SQLite store."""
    path = Path(uri.removeprefix("sqlite:///").partition("?")[0])
    return path if uri.startswith("sqlite:///") and not path.exists() else None


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
            SqlAlchemyStore(f"sqlite:///{part}", artifacts).engine.dispose()
            part.replace(file)
