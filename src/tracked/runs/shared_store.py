"""The store of a server that a team shares: made, or said to be of no use, before MLflow's server is started on it.

MLflow's server tries for minutes, and then prints a traceback.
"""

import sqlalchemy
from mlflow.exceptions import MlflowException
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from tracked.errors import UserError
from tracked.masking import masked
from tracked.runs import first_use

VARIABLE = "MLFLOW_BACKEND_STORE_URI"
ARTIFACTS = "mlflow-artifacts:/"  # by way of the server
SECONDS_TO_CONNECT = 10


def prepare(uri: str) -> None:
    """Make a store where there is none. Raises UserError when it can't be reached, is none, or is of another MLflow."""
    shown = f"{VARIABLE}={masked(uri)}"
    try:
        first_use.make(uri, ARTIFACTS)
        _connect(uri)
        SqlAlchemyStore(uri, ARTIFACTS).engine.dispose()
    except ImportError as error:
        raise UserError(f"{shown}: its driver is not installed: {error}") from None
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise UserError(f"{shown} is no address of a database: {_line(error)}") from None
    except DBAPIError as error:
        raise UserError(f"{shown} can't be used: {_line(error.orig or error)}") from None
    except (MlflowException, SQLAlchemyError) as error:
        text = _line(error)
        if "out-of-date" in text or "Can't locate revision" in text:
            text = f"it is of another version of MLflow: back it up, then `mlflow db upgrade {masked(uri)}`"
        raise UserError(f"{shown} can't be used: {text}") from None


def _connect(uri: str) -> None:
    soon = {"connect_timeout": SECONDS_TO_CONNECT} if uri.startswith("postgresql") else {}
    engine = sqlalchemy.create_engine(uri, connect_args=soon)
    try:
        engine.connect().close()
    finally:
        engine.dispose()


def _line(error: BaseException) -> str:
    return masked(" ".join(str(error).split()))[:200]
