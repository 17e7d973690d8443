"""What was deleted in the UI. MLflow marks it only; its command `mlflow gc` removes it, with its artifacts."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import Run, ViewType

from tracked.errors import UserError
from tracked.runs import models
from tracked.store import database_uri, first_use, processes
from tracked.store.store import PAGE, uri_of

PARENT = "mlflow.parentRunId"


@dataclass(frozen=True)
class Deleted:
    """What is to go."""

    uri: str
    runs: dict[str, str]  # names by id: what was deleted, and what is below it
    marked: set[str]  # those of them that are deleted already
    models: set[str]  # that no other run, and no registered version, has
    experiments: list[str]

    def mark(self) -> None:
        """Have what goes with the deleted runs deleted too, so that `mlflow gc` removes it."""
        client = MlflowClient(self.uri)
        for run_id in self.runs.keys() - self.marked:
            client.delete_run(run_id)
        for model in self.models:
            client.delete_logged_model(model)


def find(root: Path) -> Deleted:
    """Look into the store of a repository. Raises UserError while a run is going on, or when a registered version's
    files are a deleted run's artifacts, as MLflow 2 kept them."""
    uri = uri_of(root)
    if first_use.missing(uri):  # else looking would make it
        return Deleted(uri, {}, set(), set(), [])
    database_uri.adapt_mlflow(uri)
    client = MlflowClient(uri)
    experiments = client.search_experiments(ViewType.ALL)
    found = _runs(client, [experiment.experiment_id for experiment in experiments])
    _refuse_if_going_on(found)
    marked = {run.info.run_id for run in found if run.info.lifecycle_stage == "deleted"}
    going = marked | _below(marked, found)
    registered = {version.source or "" for version in client.search_model_versions()}  # SQLite tells no model_id here
    runs, others = _parted(found, going)
    _refuse_if_registered(runs, registered)
    shared = {model_id for run in others for model_id in models.ids(run)}
    theirs = {model.model_id: model.artifact_location for run in runs for model in models.there(client, run)}
    return Deleted(
        uri,
        {run.info.run_id: run.info.run_name for run in runs},
        marked,
        {model for model, location in theirs.items() if model not in shared and location not in registered},
        [experiment.name for experiment in experiments if experiment.lifecycle_stage == "deleted"],
    )


def _runs(client: MlflowClient, experiments: list[str]) -> list[Run]:
    found: list[Run] = []
    token = None
    while True:
        page = client.search_runs(experiments, "", ViewType.ALL, PAGE, page_token=token)
        found += page
        token = page.token
        if not token:
            return found


def _below(parents: set[str], runs: Iterable[Run]) -> set[str]:
    """The runs below others, however deep."""
    below = {run.info.run_id for run in runs if run.data.tags.get(PARENT) in parents} - parents
    return below | _below(parents | below, runs) if below else below


def _parted(runs: list[Run], going: set[str]) -> tuple[list[Run], list[Run]]:
    return [run for run in runs if run.info.run_id in going], [run for run in runs if run.info.run_id not in going]


def _refuse_if_going_on(runs: list[Run]) -> None:
    for run in runs:
        if run.info.status == "RUNNING" and not processes.died(run.data.tags.get("process", "")):
            raise UserError(f"{run.info.run_name!r} is still running: nothing was removed, try again when it has ended")


def _refuse_if_registered(runs: list[Run], sources: set[str]) -> None:
    for run in runs:
        if any(source.startswith((run.info.artifact_uri, f"runs:/{run.info.run_id}/")) for source in sources):
            name, run_id = run.info.run_name, run.info.run_id
            raise UserError(
                f"the deleted run {name!r} holds a registered model: restore it (mlflow runs restore --run-id "
                f"{run_id}), or delete that version first"
            )
