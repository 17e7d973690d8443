"""The MLflow store of a repository: one experiment; a parent run a configuration, and one a sweep."""

import atexit
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import mlflow
from filelock import FileLock
from mlflow.entities import LoggedModelStatus, Run, ViewType
from mlflow.exceptions import MlflowException

from tracked.errors import UserError
from tracked.pages import names, views
from tracked.pages.descriptions import description
from tracked.pages.written import outdated, written
from tracked.project import WHOLE, per_project, project
from tracked.secrets import provenance
from tracked.secrets.masking import masked
from tracked.secrets.uncommitted import Uncommitted, uncommitted
from tracked.store import database_uri, failures, first_use, moved_store, processes
from tracked.store.batch import Batch
from tracked.store.client import Client

NOTE = "mlflow.note.content"  # the tag that MLflow shows as a page's description
OF_PROJECT = "tracked.experiment"  # the tag of an experiment that has the name by which projects look for it
PAGE = 1000  # runs that are asked for at once
AT_ONCE = 8  # requests to a server


class Store:
    """Opened once in a process, which ends in the end what it left RUNNING."""

    @staticmethod
    @per_project
    def at(root: Path) -> "Store":
        """The store of a repository, opened once in a process."""
        return Store(root)

    def __init__(self, root: Path) -> None:
        """Open the store, made on first use. Raises StoreFailed when it can't be reached or is no MLflow store."""
        self.uri = uri_of(root)
        _tell_mlflow(self.uri)
        (root / ".dvc" / "tmp").mkdir(parents=True, exist_ok=True)
        self.lock = FileLock(root / ".dvc" / "tmp" / "mlflow.lock")
        self.root, self.failed = root, False
        self.new: set[str] = set()  # runs of configurations that this process has made, and no stage has ended yet
        with failures.of_opening(self.uri), self.lock:
            database_uri.adapt_mlflow(self.uri)
            first_use.make(self.uri)
            first_use.wait_until_made(self.uri)
            self.client = Client(self.uri)
            self.experiment_id = self._experiment(root)
            self.close_dead_runs()
        atexit.register(self.end_own_runs)

    def _experiment(self, root: Path) -> str:
        name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or project().name
        artifacts = (root / "mlartifacts").as_uri()
        found = self._tagged(name) or self.client.get_experiment_by_name(name)
        if found is None:
            location = artifacts if self.uri.startswith("sqlite:") else None
            description = {
                NOTE: project().description,
                OF_PROJECT: name,
                **written(project().description),
                **views.tags(),
            }
            try:
                return self.client.create_experiment(name, location, description)
            except MlflowException:  # another repository or machine made it meanwhile
                found = self.client.get_experiment_by_name(name)
                if found is None:
                    raise
        if found.lifecycle_stage == "deleted":
            raise UserError(
                f"experiment {name!r} is deleted in {self.uri}: `mlflow experiments restore "
                f"--experiment-id {found.experiment_id}`, or set MLFLOW_EXPERIMENT_NAME"
            )
        if OF_PROJECT not in found.tags:  # made before experiments had this tag
            self.client.set_experiment_tag(found.experiment_id, OF_PROJECT, name)
        if self.uri == _own_store(root) and found.artifact_location != artifacts:
            moved_store.follow(self.uri, found.artifact_location, artifacts)
        return found.experiment_id

    def _tagged(self, name: str) -> Any:
        """The experiment that was made under a name, whatever it is called now, and whatever else has got its name."""
        found = self.client.search_experiments(ViewType.ALL, filter_string=f"tags.`{OF_PROJECT}` = '{name}'")
        rank = {one.experiment_id: (one.lifecycle_stage == "deleted", one.name != name) for one in found}
        return min(found, key=lambda one: rank[one.experiment_id], default=None)

    @property
    def name(self) -> str:
        """What tells it from other stores, also when the repository moves; without passwords."""
        return "own" if self.uri == _own_store(self.root) else masked(self.uri)

    def search(self, query: str, most: int | None = None, view: int = ViewType.ACTIVE_ONLY) -> list[Run]:
        """Runs that a filter finds, newest first: all of them, or the newest `most`."""
        found: list[Run] = []
        token = None
        while True:
            page = self.client.search_runs([self.experiment_id], query, view, most or PAGE, page_token=token)
            found += page
            token = page.token
            if most or not token:
                return found

    def children(self, parent: str, query: str = "") -> list[Run]:
        """The runs below a run, newest first; with a filter, those that it finds."""
        below = f"tags.mlflow.parentRunId = '{parent}'"
        return self.search(f"{below} and {query}" if query else below)

    def each(self, ask: Callable[[Any], Any], things: Sequence[Any]) -> Iterator[Any]:
        """What is answered about each of several things, in order. A server is asked for several at once, as most of
        an answer's time is the way; an SQLite file has one user at a time."""
        if not self.uri.startswith("http"):
            return map(ask, things)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return iter(list(pool.map(ask, things)))

    def text_of(self, run_id: str, artifact: str) -> str:
        """The text of an artifact; "" when a run has no such one."""
        if artifact not in [file.path for file in self.client.list_artifacts(run_id)]:
            return ""
        with TemporaryDirectory() as spare:
            return Path(self.client.download_artifacts(run_id, artifact, spare)).read_text(encoding="utf-8")

    def link(self, server: str = "http://127.0.0.1:5000") -> str:
        """The page of the MLflow UI that lists the runs."""
        server = masked(self.uri) if self.uri.startswith("http") else server
        view = f"workflowType=machine_learning&viewStateShareKey={views.FIRST}"
        return f"{server}/#/experiments/{self.experiment_id}/runs?{view}"

    def where(self) -> str:
        """Where the runs are to be seen: a server's link, else the command that prints one with a free port."""
        return self.link() if self.uri.startswith("http") else "`tracked ui`"

    def renew_page(self) -> None:
        """Give an experiment the saved views of today, and what the project says of it, if no user has changed that."""
        have, description = self.client.get_experiment(self.experiment_id).tags, project().description
        said = {NOTE: description, **written(description)} if outdated(have.get(NOTE), have, description) else {}
        for key, value in (said | views.tags()).items():
            if have.get(key) != value:
                self.client.set_experiment_tag(self.experiment_id, key, value)

    def configuration(self, fingerprint: str, settings: dict[str, Any], tags: Mapping[str, str], started: str) -> str:
        """The run id of a configuration's parent run, made with its settings when there is none.

        `tags` are those of its stages' runs. It is named by what was `started`, a stage or the whole pipeline, and has
        that in its columns; a later start of more can change both.
        """
        with self.lock:
            name = names.cut(os.environ.get("DVC_EXP_NAME") or names.of_configuration(started, settings))
            page = project().page
            if found := self.search(f"tags.configuration = '{fingerprint}'"):
                run = found[-1].info
                if names.started_alone(run.run_name) not in (None, started):
                    self.log(run.run_id, tags=page.columns(settings))
                    if started == WHOLE:
                        self.client.update_run(run.run_id, name=name)
                return run.run_id
            own = {"configuration": fingerprint, **tags}
            own |= page.columns(settings, [started] if project().model(started) else None)
            made = self.create(name, own, page.flat(settings), diff="restored" not in tags)
            self.new.add(made)
            return made

    def resume(self, run_id: str) -> None:
        """Set a run RUNNING, as this process's; one that it has just made is."""
        if run_id in self.new:
            self.new.discard(run_id)
        else:
            self.client.set_tag(run_id, "process", processes.this_process())
            self.client.set_terminated(run_id, "RUNNING")  # one request: update_run asks for the run first

    def create(self, name: str, tags: Mapping[str, str], params: Mapping[str, Any], diff: bool) -> str:
        """Make a run, with where it comes from and what makes it again. Its id.

        With `diff` it gets the uncommitted changes, if there are any, as an artifact.
        """
        changes = uncommitted() if diff else Uncommitted()
        told = "git_commit" in tags or "restored" in tags  # by a job's driver; DVC's commit is not today's
        source = {} if told else provenance.tags()
        tags = {**source, "process": processes.this_process(), "tracked_version": version("tracked"), **tags}
        if "command" in tags:
            tags["command"] = masked(tags["command"])
        tags[NOTE] = description(tags, changes)
        run_id = self.client.create_run(self.experiment_id, tags=tags, run_name=names.cut(masked(name))).info.run_id
        changes.keep(self.client, run_id)
        self.log(run_id, params=params)
        return run_id

    def log(
        self,
        run_id: str,
        metrics: Mapping[str, float] | None = None,
        params: Mapping[str, Any] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Write to a run, in one call if there are not very many."""
        batch = Batch()
        batch.add_metrics(metrics or {})
        batch.add_params(params or {})
        batch.add_tags(tags or {})
        batch.send(self.client, run_id)

    def end(self, run_id: str, status: str) -> None:
        """End a run, and those of processes that have died."""
        self.client.set_terminated(run_id, status)
        self.close_dead_runs()

    def end_own_runs(self) -> None:
        """End what this process left RUNNING: an interrupt can also come just before a run is ended."""
        if not self.failed:
            with suppress(*failures.FAILURES):  # a server may be gone by now
                self._close_runs(processes.this_process().__eq__)

    def close_dead_runs(self) -> None:
        """Close what processes that have died left RUNNING."""
        alone = self.uri.startswith("sqlite:")  # SQLite's files don't bear several machines
        self._close_runs(lambda process: processes.died(process, alone))

    def _close_runs(self, of: Callable[[str], bool]) -> None:
        """Set the runs KILLED that a process, of which this is true, left RUNNING, and the models FAILED that they had
        not logged yet."""
        for run in self.search("attributes.status = 'RUNNING'"):
            if of(run.data.tags.get("process", "")):
                self.close_models(run.info.run_id)
                self.client.set_terminated(run.info.run_id, "KILLED")

    def close_models(self, run_id: str) -> None:
        """Set the models FAILED whose logging with a run was cut off."""
        for model in self.client.search_logged_models([self.experiment_id], f"source_run_id = '{run_id}'"):
            if model.status == LoggedModelStatus.PENDING:
                self.client.finalize_logged_model(model.model_id, LoggedModelStatus.FAILED)


def uri_of(root: Path) -> str:
    """The store that a repository's runs go to. A relative path is one from the repository: the current folder can be
    a copy that DVC throws away."""
    uri = os.environ.get("MLFLOW_TRACKING_URI") or _own_store(root)
    file = database_uri.file_of(uri)
    if file is None or file.is_absolute() or str(file) in (".", ":memory:"):
        return uri
    return database_uri.uri_of(root / file) + uri[len(uri.partition("?")[0]) :]


def _own_store(root: Path) -> str:
    return database_uri.uri_of(root / "mlflow.db")


def _tell_mlflow(uri: str) -> None:
    """MLflow writes the store in use into the environment too, where it would be the user's word for other projects:
    a launcher uses its workers again."""
    given = os.environ.get("MLFLOW_TRACKING_URI")
    mlflow.set_tracking_uri(uri)
    if given is None:
        os.environ.pop("MLFLOW_TRACKING_URI", None)
    else:
        os.environ["MLFLOW_TRACKING_URI"] = given


def with_runs(root: Path) -> Store:
    """The store of a repository in which something has run. Raises UserError when nothing has."""
    uri = uri_of(root)
    if not first_use.missing(uri):  # else opening it would make it
        store = Store.at(root)
        if store.search("", most=1):
            return store
    raise UserError(
        f"there are no runs in {masked(uri)}, and no outputs here to log: `dvc repro` makes them, `dvc pull` fetches "
        "those of others"
    )
