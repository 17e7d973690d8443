"""The tracked runs. The only module that imports MLflow."""

import atexit
import json
import logging
import math
import os
import platform
import subprocess
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from time import time
from typing import Any

import psutil
from filelock import FileLock

os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "10")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")  # an unreachable server is said at once
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
for name in ("alembic", "mlflow"):
    logging.getLogger(name).setLevel(logging.ERROR)

import mlflow
import sqlalchemy
from mlflow.data.code_dataset_source import CodeDatasetSource
from mlflow.data.numpy_dataset import from_numpy
from mlflow.entities import LoggedModelOutput, Metric, Param, Run, RunStatus, RunTag
from mlflow.exceptions import MlflowException
from mlflow.store.tracking import DEFAULT_LOCAL_FILE_AND_ARTIFACT_PATH
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from mlflow.tracking.context.registry import resolve_tags
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from digitrack import interrupts, provenance, run_pages, scores, views
from digitrack.errors import UserError

logging.getLogger("mlflow").setLevel(logging.ERROR)
warnings.filterwarnings("ignore", category=UserWarning, module="mlflow")

DESCRIPTION = """Handwritten digits, learned by the same one-hidden-layer network in Keras and in numpy.

A row is a configuration; unfold it for its stages: `split`, `train_keras`, `train_numpy`, `evaluate`.
Both trainings have `train_loss`, `train_accuracy`, `val_loss`, `val_accuracy` (a point an epoch), and, once
`evaluate` has run, `test_accuracy` and `test_loss`: select them and press *Compare* to overlay the curves.
The misclassified digits are images of `evaluate`, most confident error first: move the step slider.
"""

PATH_COLUMNS = (
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
)


class Store:
    """The MLflow store of a repository: one experiment, one parent run a configuration."""

    @staticmethod
    @cache
    def at(root: Path) -> "Store":
        """The store of a repository, opened once in a process."""
        return Store(root)

    def __init__(self, root: Path) -> None:
        """Open the store, made on first use. Raises UserError when it can't be reached or is no MLflow store."""
        self.uri = uri_of(root)
        mlflow.set_tracking_uri(self.uri)
        self.lock = FileLock(root / ".dvc" / "tmp" / "mlflow.lock")
        (root / ".dvc" / "tmp").mkdir(parents=True, exist_ok=True)
        try:
            with self.lock:  # first use makes the schema, and two at once would break it for good
                _make(self.uri)
                self.client = mlflow.MlflowClient(self.uri)
                self.experiment_id = self._experiment(root)
                self._close_runs(_died)
        except MlflowException as error:
            raise UserError(f"MLFLOW_TRACKING_URI={self.uri} does not answer: {_first_line(error)}") from None
        except SQLAlchemyError as error:
            raise UserError(
                f"{self.uri} is no MLflow store: {_first_line(error)}; move it away, or set MLFLOW_TRACKING_URI"
            ) from None
        atexit.register(self.end_own_runs)

    def _experiment(self, root: Path) -> str:
        name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or "digitrack"
        artifacts = (root / "mlartifacts").as_uri()
        found = self.client.get_experiment_by_name(name)
        if found is not None:
            if found.lifecycle_stage == "deleted":
                raise UserError(
                    f"experiment {name!r} is deleted in {self.uri}: `mlflow experiments restore "
                    f"--experiment-id {found.experiment_id}`, or set MLFLOW_EXPERIMENT_NAME"
                )
            if self.uri == own_store(root) and found.artifact_location != artifacts:
                self._follow_move(found.artifact_location, artifacts)
            return found.experiment_id
        location = artifacts if self.uri.startswith("sqlite:") else None
        return self.client.create_experiment(name, location, {"mlflow.note.content": DESCRIPTION, **views.tags()})

    def _follow_move(self, old: str, new: str) -> None:
        """MLflow stores absolute paths: correct them in a repository that was moved or copied with its store."""
        engine = sqlalchemy.create_engine(self.uri)
        with engine.begin() as connection:
            for table, column in PATH_COLUMNS:
                command = f"UPDATE {table} SET {column} = :new || substr({column}, :n) WHERE {column} LIKE :old"  # noqa: S608
                connection.execute(text(command), {"new": new, "n": len(old) + 1, "old": f"{old}%"})
        engine.dispose()

    def _close_runs(self, of: Callable[[str], bool]) -> None:
        """Set the runs KILLED that a process, of which this is true, left RUNNING."""
        for run in self.search("attributes.status = 'RUNNING'"):
            if of(run.data.tags.get("process", "")):
                self.client.set_terminated(run.info.run_id, "KILLED")

    def end_own_runs(self) -> None:
        """End what this process left RUNNING: an interrupt can also come while a run is being made, or ended."""
        interrupts.ignore()
        with suppress(MlflowException):  # a server may be gone by now
            self._close_runs(_this_process().__eq__)

    def search(self, query: str) -> list[Run]:
        """Runs that a filter finds, newest first."""
        return list(self.client.search_runs([self.experiment_id], query, max_results=1000))

    def link(self, server: str = "http://127.0.0.1:5000") -> str:
        """The page of the MLflow UI that lists the runs."""
        server = self.uri if self.uri.startswith("http") else server
        view = f"workflowType=machine_learning&viewStateShareKey={views.FIRST}"
        return f"{server}/#/experiments/{self.experiment_id}/runs?{view}"

    def renew_views(self) -> None:
        """Give an experiment made by an earlier version the saved views of this one."""
        have = self.client.get_experiment(self.experiment_id).tags
        for key, value in views.tags().items():
            if have.get(key) != value:
                self.client.set_experiment_tag(self.experiment_id, key, value)

    def parent(self, configuration: str, name: str, settings: dict[str, Any], command: str) -> str:
        """The run id of a configuration's parent run, made with its settings when there is none."""
        with self.lock:
            found = self.search(f"tags.configuration = '{configuration}'")
            if found:
                return found[-1].info.run_id
            run_id = self._create(name, {"configuration": configuration, "command": command})
            self.client.log_batch(run_id, params=_params({**settings, **run_pages.columns(settings)}))
            return run_id

    def sweep(self, sweep: str, name: str, settings: dict[str, Any], command: str) -> str:
        """The run id of a sweep's parent run: made, or continued if there is one."""
        with self.lock:
            found = self.search(f"tags.sweep = '{sweep}'")
            if found:
                run_id = found[-1].info.run_id
                self.client.set_tag(run_id, "process", _this_process())
                self.client.update_run(run_id, "RUNNING")
                return run_id
            run_id = self._create(name, {"sweep": sweep, "command": command})
            self.client.log_batch(run_id, params=_params(settings))
            return run_id

    def log(self, run_id: str, metrics: Sequence[Metric], params: Sequence[Param], tags: Sequence[RunTag]) -> None:
        """Log to a run, in as many batches as MLflow needs."""
        self.client.log_batch(run_id, metrics[:800], params, tags)
        for start in range(800, len(metrics), 1000):
            self.client.log_batch(run_id, metrics[start : start + 1000])

    def finished_job(self, job: str) -> Run | None:
        """The run of a sweep's job with this fingerprint, if it has finished."""
        query = f"tags.job = '{job}' and attributes.status = 'FINISHED'"
        return next(iter(self.client.search_runs([self.experiment_id], query, max_results=1)), None)

    def figures(self, run_id: str, curves: bool) -> tuple[dict[str, float], dict[str, list[float]]]:
        """The last value of a run's every metric, and its loss curves."""
        metrics = self.client.get_run(run_id).data.metrics
        names = [name for name in ("train_loss", "val_loss") if curves and name in metrics]
        return metrics, {
            name: [point.value for point in self.client.get_metric_history(run_id, name)] for name in names
        }

    def compared(
        self,
        run_id: str,
        files: list[Path],
        table: dict[str, list[Any]],
        best: dict[str, str],
        metrics: dict[str, float],
    ) -> None:
        """Log what a sweep came to on its parent run."""
        for file in files:
            self.client.log_artifact(run_id, str(file))
        self.client.log_table(run_id, table, "comparison.json")
        now, best = _now(), {f"best.{key.replace('/', '.')}": value for key, value in best.items()}
        known = self.client.get_run(run_id).data.params  # params are written once; the tags follow a continued sweep
        new = [] if known.keys() & best.keys() else [Param(key, value) for key, value in best.items()]
        figures = [Metric(key, value, now, 0) for key, value in metrics.items()]
        self.client.log_batch(run_id, figures, new, [RunTag(key, value) for key, value in best.items()])

    def end(self, run_id: str, status: str) -> None:
        """End a run, and those of processes that have died."""
        self.client.set_terminated(run_id, status)
        self._close_runs(_died)

    def _create(self, name: str, tags: dict[str, str], with_diff: bool = True) -> str:
        diff = provenance.uncommitted() if with_diff else ""
        tags = {**_provenance(), **tags}
        tags = resolve_tags({**tags, "mlflow.note.content": run_pages.description(tags, bool(diff))})
        run_id = self.client.create_run(self.experiment_id, tags=tags, run_name=name).info.run_id
        if diff:
            self.client.log_text(run_id, diff, "uncommitted.diff")
        return run_id

    @contextmanager
    def stage(
        self, name: str, parent: str, tags: dict[str, str], title: str | None = None, with_parent: bool = True
    ) -> Iterator["Tracked"]:
        """A run of a stage, below a parent run, and ended however the stage ends.

        `with_parent` both; without, it is a job's run: written when it ends, and without artifacts, to be quick.
        """
        own = {"mlflow.parentRunId": parent, "stage": name, **tags}
        run_id = self._create(title or name, own, with_diff=with_parent)
        running = [run_id]
        if with_parent:
            running.append(parent)
            self.client.set_tag(parent, "process", _this_process())
            self.client.update_run(parent, "RUNNING")
        status = RunStatus.to_string(RunStatus.FAILED)
        try:
            with mlflow.start_run(run_id=run_id) if with_parent else nullcontext():
                tracked = Tracked(self, run_id, parent, at_once=with_parent)
                yield tracked
                tracked.flush()
            status = RunStatus.to_string(RunStatus.FINISHED)
        except KeyboardInterrupt:
            status = RunStatus.to_string(RunStatus.KILLED)
            raise
        finally:
            for run in running:
                self.client.set_terminated(run, status)


class Tracked:
    """The run of a stage that is going on."""

    def __init__(self, store: Store, run_id: str, parent_id: str, at_once: bool) -> None:
        self.store, self.run_id, self.parent_id, self.at_once = store, run_id, parent_id, at_once
        self.metrics_held: list[Metric] = []
        self.params_held: list[Param] = []
        self.tags_held: list[RunTag] = []

    def _log(
        self,
        run_id: str | None,
        metrics: Sequence[Metric] = (),
        params: Sequence[Param] = (),
        tags: Sequence[RunTag] = (),
    ) -> None:
        if run_id and run_id != self.run_id:
            self.store.log(run_id, metrics, params, tags)
            return
        self.metrics_held += metrics
        self.params_held += params
        self.tags_held += tags
        if self.at_once:
            self.flush()

    def flush(self) -> None:
        """Write what was held back."""
        self.store.log(self.run_id, self.metrics_held, self.params_held, self.tags_held)
        self.metrics_held, self.params_held, self.tags_held = [], [], []

    def params(self, params: dict[str, Any]) -> None:
        """Log settings, nested ones by dotted name."""
        self._log(None, params=_params(params))

    def metrics(self, metrics: dict[str, float], run_id: str | None = None) -> None:
        """Log figures, on this run or another."""
        now = _now()
        self._log(run_id, [Metric(k, v, now, 0) for k, v in metrics.items()])

    def curves(self, names: tuple[str, ...], rows: Sequence[Sequence[float]], run_id: str | None = None) -> None:
        """Log a point an epoch (from 1) for each name, on this run or another."""
        now = _now()
        points = [
            Metric(name, value, now, epoch)
            for epoch, row in enumerate(rows, 1)
            for name, value in zip(names, row, strict=True)
            if math.isfinite(value)
        ]
        self._log(run_id, points)

    def curves_on_parent(self, net: str, names: tuple[str, ...], rows: Sequence[Sequence[float]]) -> None:
        """Show a network's curves on the configuration's page, unless an equal training put them there before."""
        shown = self.store.client.get_run(self.parent_id).data.metrics
        named = tuple(f"{name}/{net}" for name in names)  # the page has a row of charts for what stands before the /
        last = zip(named, rows[-1], strict=True)
        if not all(math.isclose(shown.get(name, math.nan), value, rel_tol=1e-4) for name, value in last):
            self.curves(named, rows, self.parent_id)

    def best_on_parent(self) -> str:
        """Give the configuration's row the validation figures of the better network; returns which that is."""
        shown = self.store.client.get_run(self.parent_id).data.metrics
        nets = [name.removeprefix("val_loss/") for name in shown if name.startswith("val_loss/")]
        figures = {net: {name: shown[f"{name}/{net}"] for name in ("val_accuracy", "val_loss")} for net in nets}
        best = scores.best(figures)
        self.metrics(figures[best], self.parent_id)
        self.tags({"best_net": best}, self.parent_id)
        return best

    def inputs_on_parent(self, training: Run) -> None:
        """Show the data set and the model of a training in the fields of the configuration's page too."""
        shown = models(self.store.client.get_run(self.parent_id))
        new = [LoggedModelOutput(model_id, 0) for model_id in models(training) if model_id not in shown]
        if training.inputs:
            self.store.client.log_inputs(self.parent_id, training.inputs.dataset_inputs)
        if new:
            self.store.client.log_outputs(self.parent_id, new)

    def describe_parent(self, results: str) -> None:
        """Begin the description of the configuration with its results, and say how this run came about."""
        own = self.store.client.get_run(self.run_id).data.tags
        diff = provenance.uncommitted()
        text = f"{results}\n\n{run_pages.description({**own, 'stage': 'configuration'}, bool(diff))}"
        self.tags({"mlflow.note.content": text}, self.parent_id)
        if diff:
            self.store.client.log_text(self.parent_id, diff, "uncommitted.diff")

    def tags(self, tags: dict[str, str], run_id: str | None = None) -> None:
        self._log(run_id, tags=[RunTag(key, value) for key, value in tags.items()])

    def trained(self, model_md5: str, data_md5: str, diverged: bool) -> None:
        """Say which model came out of which data. If it was tested before, its test figures hold here too:
        `evaluate` does not run again when a training gives the same bytes."""
        query = f"tags.model_md5 = '{model_md5}' and tags.data_md5 = '{data_md5}' and attributes.status = 'FINISHED'"
        for run in self.store.search(query) if self.at_once else []:
            figures = {k: v for k, v in run.data.metrics.items() if k.startswith("test_")}
            if figures:
                self.metrics(figures)
                break
        self.tags({"model_md5": model_md5, "data_md5": data_md5} | ({"diverged": "true"} if diverged else {}))

    def file(self, path: Path, run_id: str | None = None) -> None:
        self.store.client.log_artifact(run_id or self.run_id, str(path))

    def image(self, key: str, step: int, pixels: Any) -> None:
        """Log an image (height, width), values 0 to 255, that the UI shows behind a slider."""
        mlflow.log_image(pixels, key=key, step=step, synchronous=True)  # else MLflow waits a second at the end

    def dataset(self, name: str, x: Any, y: Any, context: str) -> None:
        """Log which data went in."""
        source = CodeDatasetSource({"mlflow.source.name": "pipeline.split"})
        mlflow.log_input(from_numpy(x, targets=y, source=source, name=name), context)

    def model(
        self,
        code: Path,
        artifacts: dict[str, Path],
        modules: list[Path],
        example: Any,
        probabilities: Any,
        largest_pixel: float,
        requirements: list[str],
    ) -> None:
        """Log a model that takes raw pixels, from the code in `code`, its files and the modules that it imports."""
        with TemporaryDirectory() as folder:
            limits = Path(folder) / "pixels.json"
            limits.write_text(json.dumps({"largest": largest_pixel}))  # as model_config it would be a run's parameter
            mlflow.pyfunc.log_model(
                name="model",
                python_model=str(code),
                artifacts={key: str(path) for key, path in {**artifacts, "pixels": limits}.items()},
                code_paths=[str(path) for path in modules],
                signature=mlflow.models.infer_signature(example, probabilities),
                input_example=example,
                pip_requirements=["mlflow", "numpy", *requirements],
            )


def _params(settings: dict[str, Any]) -> list[Param]:
    return [Param(key, value) for key, value in run_pages.flat(settings).items()]


def own_store(root: Path) -> str:
    """The store in a repository; MLflow writes the one in use into the environment, which tells nothing then."""
    return f"sqlite:///{root}/mlflow.db"


def uri_of(root: Path) -> str:
    """The store that a repository's runs go to."""
    return os.environ.get("MLFLOW_TRACKING_URI") or own_store(root)


def _make(uri: str) -> None:
    """Make an SQLite store that is not there. Aside, as one whose making was cut off would stay broken."""
    if file := _missing(uri):
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f"{file.name}.part")
        part.unlink(missing_ok=True)
        SqlAlchemyStore(f"sqlite:///{part}", DEFAULT_LOCAL_FILE_AND_ARTIFACT_PATH).engine.dispose()
        part.replace(file)


def _missing(uri: str) -> Path | None:
    """The file of an SQLite store that is still to be made."""
    path = Path(uri.removeprefix("sqlite:///").partition("?")[0])
    return path if uri.startswith("sqlite:///") and not path.exists() else None


def with_runs(root: Path) -> Store:
    """The store of a repository in which something has run. Raises UserError when nothing has."""
    uri = uri_of(root)
    if not _missing(uri):  # else opening it would make it
        store = Store(root)
        if store.client.search_runs([store.experiment_id], max_results=1):
            return store
    raise UserError(f"there are no runs in {uri}: run `make repro` first")


def load_model(root: Path, uri: str) -> Callable[[Any], Any]:
    """A logged model's function from pixels to probabilities. Raises UserError when the store does not have it."""
    store = with_runs(root)
    try:
        return mlflow.pyfunc.load_model(uri).predict
    except MlflowException as error:
        told = " ".join(str(error).split())[:150]
        raise UserError(f"no model {uri} in {store.uri} ({told}): `dvc repro` registers models") from None


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:150]


def models(run: Run) -> list[str]:
    """The ids of the models that a run logged."""
    return [output.model_id for output in run.outputs.model_outputs] if run.outputs else []


def _now() -> int:
    return int(time() * 1000)


def _this_process() -> str:
    process = psutil.Process()
    return f"{platform.node()} {process.pid}:{process.create_time()}"


def _died(process: str) -> bool:
    """Whether a process was one of this machine's, and is no more."""
    host, _, number = process.partition(" ")
    pid, _, started = number.partition(":")
    try:
        return host == platform.node() and str(psutil.Process(int(pid)).create_time()) != started
    except psutil.NoSuchProcess:
        return True


@cache
def _git(*command: str) -> str:
    done = subprocess.run(["git", *command], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _provenance() -> dict[str, str]:
    tags = {
        "process": _this_process(),
        "git_commit": _git("rev-parse", "HEAD"),
        "git_dirty": str(bool(_git("status", "--porcelain"))).lower(),
    }
    if name := os.environ.get("DVC_EXP_NAME"):
        tags["dvc_experiment"] = name
    return tags
