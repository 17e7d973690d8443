"""The project's runs for code of the user's own, which goes on with MLflow's own functions."""

import mlflow
import pandas as pd

from tracked.project import here
from tracked.runs.delivery import deliver
from tracked.store import failures
from tracked.store.store import Store


def connected() -> mlflow.MlflowClient:
    """A client of the project's store, which MLflow itself uses from here on, with the project's experiment."""
    store = Store.at(here().root)
    deliver(store)
    mlflow.set_tracking_uri(store.uri)
    with failures.in_one_line(store.uri):
        mlflow.set_experiment(experiment_id=store.experiment_id)
    return mlflow.MlflowClient(store.uri)


def table(query: str) -> pd.DataFrame:
    """The project's runs that a filter finds, newest first."""
    connected()
    with failures.in_one_line(mlflow.get_tracking_uri()):
        found = mlflow.search_runs(filter_string=query)
    assert isinstance(found, pd.DataFrame)
    return found
