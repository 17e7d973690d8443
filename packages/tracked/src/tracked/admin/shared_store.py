"""The database of a server that a team shares, asked before MLflow's server is started on it, which tries for minutes
and then prints a traceback."""

import sqlalchemy
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from tracked.errors import UserError
from tracked.messages import one_line
from tracked.secrets.masking import masked

VARIABLE = "MLFLOW_BACKEND_STORE_URI"
ARTIFACTS = "mlflow-artifacts:/"  # by way of the server
SECONDS_TO_CONNECT = 10


def prepare(uri: str) -> None:
    """Make an SQLite store where there is none. Raises UserError when a database can't be reached, is none, or was made
    by another version of MLflow: its server would upgrade some of them at once, without a backup."""
    shown = f"{VARIABLE}={masked(uri)}"
    try:
        if uri.startswith("sqlite:"):
            from tracked.store import database_uri, first_use  # slow to import

            database_uri.adapt_mlflow(uri)
            first_use.make(uri, ARTIFACTS)
        revision = _revision(uri)
    except ImportError as error:
        raise UserError(f"{shown}: its driver is not installed: {error}") from None
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise UserError(f"{shown} is not the address of a database: {one_line(error, 200)}") from None
    except DBAPIError as error:
        raise UserError(f"{shown} can't be used: {one_line(error.orig or error, 200)}") from None
    if revision:
        from mlflow.store.db.utils import _get_latest_schema_revision  # slow to import

        if revision != _get_latest_schema_revision():
            told = f"back it up, then `mlflow db upgrade {masked(uri)}`"
            raise UserError(f"{shown} was made by another version of MLflow (its tables are {revision}): {told}")


def _revision(uri: str) -> str | None:
    """The version of a database's tables, as Alembic notes it; None where there are none yet."""
    soon = {"connect_timeout": SECONDS_TO_CONNECT} if uri.startswith("postgresql") else {}
    engine = sqlalchemy.create_engine(uri, connect_args=soon)
    try:
        with engine.connect() as connection:
            if not sqlalchemy.inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(sqlalchemy.text("SELECT version_num FROM alembic_version")).scalar()
    finally:
        engine.dispose()
