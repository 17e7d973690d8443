"""The run of a stage in MLflow, from its start to its end, however it ends."""

import math
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, time
from typing import Any

from tracked import faults
from tracked.dvc import declared
from tracked.errors import UserError
from tracked.messages import one_line
from tracked.outcome import Pruned
from tracked.project import project
from tracked.runs import PRUNED_AT, REGISTER, REPRO, ending, evaluation, queue, trained
from tracked.runs.active import StageRun
from tracked.runs.configuration_page import without_bounds
from tracked.runs.result import Computer, Result
from tracked.store import failures, interrupts
from tracked.store.batch import Batch
from tracked.store.store import Store

Tags = Mapping[str, str]
SECONDS_BETWEEN = 1.0  # what is reported step by step is sent no more often than this
SECONDS_TO_REST = 30.0  # and no more often than this to a store that failed
LONGEST_REASON = 300  # characters of a failed run's tag


@contextmanager
def stage_run(
    store: Store,
    stage: str,
    settings: dict[str, Any],
    parent: str,
    tags: Tags,
    title: str | None = None,
    keeps: bool = True,
) -> Iterator["TrackedRun"]:
    """A run of a stage below a parent run: FINISHED, FAILED or KILLED in the end, as the block went.

    `keeps` is of a configuration: its artifacts are kept, its metrics come live, and its parent is RUNNING meanwhile.
    Otherwise it is a sweep's job, and quick: no artifacts, and one call in the end. `tags` has the `command` that makes
    the run again, and `restored` where DVC brought what it made.

    Raises StoreFailed when the store is gone before the block begins. From there on nothing is lost: what can't be
    logged is queued, to be delivered (`delivery.py`).
    """
    run, status = TrackedRun(store, stage, settings, parent, tags, keeps), "FAILED"
    try:
        run.begin(title or stage)
        yield run
        interrupts.check()
        status = "FINISHED"
    except KeyboardInterrupt:
        status = "KILLED"
        raise
    except Pruned as pruned:
        run.batch.add_tags({PRUNED_AT: str(pruned.step)})
        status = "KILLED"
        raise
    except SystemExit as end:
        run.fail(UserError(f"it called sys.exit({end.code!r})"))
        raise
    except Exception as error:
        run.fail(error)
        raise
    finally:
        if run.run_id:
            run.end(status)


class TrackedRun:
    """The run of a stage that is going on, or whose end is still to be logged."""

    def __init__(
        self,
        store: Store,
        stage: str,
        settings: dict[str, Any],
        parent: str,
        tags: Tags,
        keeps: bool,
        run_id: str = "",
    ) -> None:
        self.store, self.stage, self.settings = store, stage, settings
        self.parent, self.tags, self.keeps, self.run_id = parent, tags, keeps, run_id
        self.steps: list[dict[str, float]] = []  # what was reported
        self.batch, self.next = Batch(), monotonic() + SECONDS_BETWEEN
        self.result, self.folder = Result(), Path()
        self.unsent = False  # whether there is a result that is not wholly in the store
        self.done: list[str] = []  # steps of the ending
        self.identity: dict[str, str] = {}  # which model came out of which data
        self.trouble: Exception | None = None
        self.moved = ""  # what to say of the champion, if another model is it now
        self.trace = ""

    def begin(self, title: str) -> None:
        """Make the run in the store. A configuration's settings are logged at once, so that they show if it crashes."""
        own = {"mlflow.parentRunId": self.parent, "stage": self.stage, **self.tags}
        model = project().model(self.stage)
        if model or self.stage not in project().stages:  # of a whole pipeline
            own |= project().page.columns(self.settings, [self.stage] if model else None)
        own |= {"model": model} if model else {}
        params = project().page.params(self.stage, self.settings)
        self.batch.add_params({} if self.keeps else params)
        self.run_id = self.store.create(title, own, params if self.keeps else {}, "restored" not in own and self.keeps)
        if self.keeps:
            self.store.resume(self.parent)

    @property
    def active_run(self) -> StageRun:
        """What the process in which the stage runs needs to know of this run."""
        return StageRun(self.stage, self.run_id, self.store.experiment_id, self.store.uri)

    @property
    def registers(self) -> bool:
        """Whether evaluated models become versions, of which the best is the champion: not those of a trial.

        `dvc repro` makes a run again that it has made; a run of `dvc exp run` has that experiment's command.
        """
        return self.tags["command"] == REPRO or REGISTER in self.tags

    def report(self, step: int, metrics: Mapping[str, float]) -> bool:
        """Take the metrics of a step, from 1. False: the stage may go on."""
        interrupts.check()
        self.steps.append(dict(metrics))
        self.batch.add_metrics(metrics, step=step)
        self._look_at(metrics)
        if self.keeps and monotonic() >= self.next:
            try:
                self.flush()
                self.next = monotonic() + SECONDS_BETWEEN
            except failures.FAILURES:  # a training does not stop for it, and the store may be back at its end
                self.next = monotonic() + SECONDS_TO_REST
        return False

    def _look_at(self, metrics: Mapping[str, float]) -> None:
        """Note that a training diverged if it comes to what is no number, as MLflow is not told of that."""
        if not all(map(math.isfinite, metrics.values())):
            self.batch.add_tags({"diverged": "true"})

    def log(self, result: Result, folder: Path, computer: Computer) -> str:
        """Log what the stage came to in `folder`. What is to be told at last, or ""."""
        self.result, self.folder, self.unsent = result, folder, True
        drawn = computer.drawing() if self.keeps else lambda: None
        self.batch.add_metrics(result.metrics)
        self._look_at(result.metrics if project().model(self.stage) else {})
        self.batch.add_metrics(without_bounds(evaluation.flat(result.evaluated)))
        self.batch.add_params(project().page.flat(result.params))
        self.identity = trained.tags(folder, self.stage, bool(result.evaluated))
        self.batch.add_tags(self.identity)
        try:
            told = self.send(computer, drawn)
        except failures.FAILURES as error:
            drawn()  # what the stage writes is whole all the same
            self.trouble = error
            return ""
        self.unsent = False
        return told

    def send(self, computer: Computer, drawn: Callable[[], object]) -> str:
        """Write to the store what the stage came to, from the step on at which an earlier call failed. What is to be
        told.

        Raises one of `failures.FAILURES`.
        """
        return ending.log(ending.Ending(self, computer, drawn))

    def fail(self, error: Exception) -> None:
        """Log why the stage failed when the run ends."""
        failure = faults.of(error)
        self.batch.add_tags({"error": failure.line(LONGEST_REASON)})
        self.trace = failure.trace

    def flush(self) -> None:
        """Write what was gathered. Raises one of `failures.FAILURES`; it is still there then."""
        self.batch.send(self.store.client, self.run_id)

    def end(self, status: str) -> None:
        """End the run, with what was gathered, and with its parent if that is its configuration. What fails is
        queued."""
        ended = int(time() * 1000)
        if self.trouble is None:
            try:
                self.terminate(status, ended)
            except failures.FAILURES as error:
                self.trouble = error
        if self.trouble is not None:
            self._queue(self.trouble, status, ended)

    def terminate(self, status: str, ended: int) -> None:
        """Write what was gathered, why it failed, and the end: its status and its time in ms."""
        self.flush()
        if self.trace:
            self.store.client.log_text(self.run_id, self.trace, faults.FILE)
        for run_id in (self.run_id, self.parent) if self.keeps else (self.run_id,):
            self.store.client.set_terminated(run_id, status, ended)

    def _queue(self, trouble: Exception, status: str, ended: int) -> None:
        """Queue what is not logged: in the record what is in no file, and the files that tell the rest."""
        self.store.failed = True
        why = one_line(trouble)
        unsent = self.unsent and status == "FINISHED"
        own = ("run_id", "stage", "settings", "parent", "keeps", "steps", "done", "identity", "trace")
        record = {
            **{name: getattr(self, name) for name in own},
            **{"tags": dict(self.tags), "store": self.store.name, "status": status, "ended": ended},
            **{"batch": self.batch.as_json(), "unsent": unsent},
            **{"metrics": self.result.metrics, "evaluated": self.result.evaluated},
        }
        try:
            where = queue.put(self.store.root, record, self.folder, self._files() if unsent else ())
        except OSError as error:
            told = f"{why}; nor can the run of {self.stage} be queued: {error}: make room, and run it again"
            if status == "FINISHED":
                raise UserError(told) from None
            if not failures.is_full(error):  # else it is what the stage itself failed of, and says
                print(f"warning: {told}", file=sys.stderr)
        else:
            told = (
                f"could not log everything of {self.stage}; the rest is queued in {where}, and the next stage logs it"
            )
            print(f"warning: {why}; {told}", file=sys.stderr)

    def _files(self) -> list[Path]:
        """What `outcome` may read: the outputs of the stage and of those before it. A sweep's job without an evaluation
        has only metrics to log."""
        if not (self.keeps or self.result.evaluated):
            return []
        stages = [*project().before(self.stage), self.stage]
        files = {file for file in self.result.files if file.is_file()}
        return sorted({*declared.written(stages, self.folder), *files})
