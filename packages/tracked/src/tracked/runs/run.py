"""The run of a stage, from its start to its end, however it ends."""

import math
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, time
from typing import Any

from tracked import declared, faults, interrupts
from tracked.errors import UserError
from tracked.messages import one_line
from tracked.outcome import Outcome
from tracked.project import project
from tracked.runs import REGISTER, REPRO, active, datasets, evaluation, failures, images, models, queue, trained
from tracked.runs.active import StageRun
from tracked.runs.batch import Batch
from tracked.runs.configuration_page import ConfigurationPage, without_bounds
from tracked.runs.evaluation import Evaluation
from tracked.runs.store import Store

Tags = Mapping[str, str]
SECONDS_BETWEEN = 1.0  # what is reported epoch by epoch is sent no more often than this
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
    kept: bool = True,
) -> Iterator["TrackedRun"]:
    """A run of a stage below a parent run: FINISHED, FAILED or KILLED in the end, as the block went.

    `kept` is a configuration's: its parent, too, is RUNNING meanwhile, figures come while it runs, and artifacts are
    kept. Otherwise it is a sweep's job: no artifacts, and one call in the end, to be quick. `tags` has the `command`
    that makes the run again, and `restored` where DVC brought what it made.

    Raises StoreFailed when the store is gone before the block begins. From there on nothing is lost: what can't be
    logged is queued, to be delivered (`delivery.py`).
    """
    run, status = TrackedRun(store, stage, settings, parent, tags, kept), "FAILED"
    try:
        with interrupts.held():
            run.begin(title or stage)
        yield run
        interrupts.check()
        status = "FINISHED"
    except KeyboardInterrupt:
        status = "KILLED"
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
        kept: bool,
        run_id: str = "",
    ) -> None:
        self.store, self.stage, self.settings = store, stage, settings
        self.parent, self.tags, self.kept, self.run_id = parent, tags, kept, run_id
        self.epochs: list[dict[str, float]] = []
        self.batch, self.next = Batch(), monotonic() + SECONDS_BETWEEN
        self.outcome, self.folder = Outcome(), Path()
        self.unsent = False  # whether there is an outcome that `send` has not written to the store
        self.done: list[str] = []  # steps of `send`, which is gone on with, not begun again
        self.identity: dict[str, str] = {}  # which model came out of which data
        self.trouble: Exception | None = None
        self.trace = ""

    def begin(self, title: str) -> None:
        """Make the run in the store. A configuration's settings are logged at once, so that they show if it crashes."""
        own = {"mlflow.parentRunId": self.parent, "stage": self.stage, **self.tags}
        model = project().model(self.stage)
        if model or self.stage not in project().stages:  # of a whole pipeline
            own |= project().page.columns(self.settings, [self.stage] if model else None)
        own |= {"model": model} if model else {}
        params = project().page.params(self.stage, self.settings)
        self.batch.add_params({} if self.kept else params)
        self.run_id = self.store.create(title, own, params if self.kept else {}, "restored" not in own and self.kept)
        if self.kept:
            self.store.resume(self.parent)

    @property
    def own(self) -> StageRun:
        """What the process in which the stage runs needs to know of this run."""
        return StageRun(self.stage, self.run_id, self.store.experiment_id, self.store.uri)

    def report(self, step: int, metrics: Mapping[str, float]) -> None:
        """Hear of a step, from 1."""
        interrupts.check()
        self.epochs.append(dict(metrics))
        self.batch.add_figures(metrics, step=step)
        self._look_at(metrics)
        if self.kept and monotonic() >= self.next:
            try:
                self.flush()
                self.next = monotonic() + SECONDS_BETWEEN
            except failures.FAILURES:  # a training does not stop for it, and the store may be back at its end
                self.next = monotonic() + SECONDS_TO_REST

    def _look_at(self, metrics: Mapping[str, float]) -> None:
        """Note that a training diverged if it comes to what is no number, as MLflow is not told of that."""
        if not all(map(math.isfinite, metrics.values())):
            self.batch.add_tags({"diverged": "true"})

    def log(self, outcome: Outcome, folder: Path, drawn: Callable[[], object] = lambda: None) -> str:
        """Log what the stage came to in `folder`; `drawn` waits for its pictures. What is to be told at last, or ""."""
        self.outcome, self.folder, self.unsent = outcome, folder, True
        self.batch.add_figures(outcome.figures)
        self._look_at(outcome.figures if project().model(self.stage) else {})
        self.batch.add_figures(without_bounds(evaluation.flat(outcome.about)))
        self.batch.add_params(project().page.flat(outcome.params))
        self.identity = trained.tags(folder, self.stage, bool(outcome.about))
        self.batch.add_tags(self.identity)
        try:
            told = self.send(drawn)
        except failures.FAILURES as error:
            drawn()  # what the stage writes is whole all the same
            self.trouble = error
            return ""
        self.unsent = False
        return told

    def fail(self, error: Exception) -> None:
        """Log why the stage failed when the run ends."""
        failure = faults.of(error)
        self.batch.add_tags({"error": failure.line(LONGEST_REASON)})
        self.trace = failure.trace

    def send(self, drawn: Callable[[], object] = lambda: None) -> str:
        """Write to the store what the stage came to, from where an earlier call failed. What is to be told.

        Raises one of `failures.FAILURES`.
        """
        outcome = self.outcome
        if self.kept and trained.MODEL in self.identity:
            self._once("equal", self._take_over)
        data = self.identity.get(trained.DATA, "")
        found = Evaluation(self.store, self.folder, outcome.about, data) if outcome.about else None
        if found:
            found.show_on_trainings()
        if not self.kept:
            if found:
                self._once("parent", lambda: self.store.log(self.parent, evaluation.flat(outcome.about)))
            return ""
        self.flush()
        self._once("page", lambda: self._show(outcome, found))
        self._keep(outcome, drawn)
        if found is None:
            return ""
        moved = ""
        if "restored" not in self.tags:
            found.check_goal()
        if self.registers:
            moved = found.register()
        else:
            found.leave_out()
        if self.registers and (lost := found.lost()):
            told = f"the files of the logged models are gone ({', '.join(lost)}): `tracked sync` logs them again"
            print(f"warning: {told}", file=sys.stderr)
        summary = project().page.summary(found.known, {**outcome.params, **outcome.figures})
        return (f"{moved}\n" if moved else "") + f"{summary} The runs: {self.store.where()}"

    @property
    def registers(self) -> bool:
        """Whether evaluated models become versions, of which the best is the champion: not those of a trial."""
        return self.tags["command"] == REPRO or REGISTER in self.tags

    def _once(self, step: str, take: Callable[[], object]) -> None:
        if step not in self.done:
            take()
            self.done.append(step)

    def _take_over(self) -> None:
        """What was found about an equal model holds here too."""
        own = {**self.outcome.figures, **(self.epochs[-1] if self.epochs else {})}
        self.batch.add_figures(evaluation.found_before(self.store, self.identity, own))

    def _show(self, outcome: Outcome, found: Evaluation | None) -> None:
        """Put what belongs there onto the page of the configuration."""
        model = project().model(self.stage)
        if model is None and found is None:
            return
        page = ConfigurationPage(self.store, self.parent)
        if found:
            found.show_on(page, self.settings, self.tags)
        elif model:
            diverged = not all(
                map(math.isfinite, chain(outcome.figures.values(), *(step.values() for step in self.epochs)))
            )
            page.add_training(model, self.epochs, outcome.figures, diverged)
            page.add_best({})
        page.send()

    def _keep(self, outcome: Outcome, drawn: Callable[[], object]) -> None:
        """Keep data sets, images, the served model and files, of an evaluation the pictures with its parent too."""
        client = self.store.client
        with interrupts.held():
            if outcome.datasets:
                client.log_inputs(self.run_id, datasets.inputs(outcome.datasets))
            images.log(self.store, self.run_id, outcome.images, self._once)
        if outcome.served:
            self._once("model", partial(self._log_model, outcome.served))
        drawn()
        with interrupts.held():
            for file in sorted(outcome.files):
                where = self._place(file)
                client.log_artifact(self.run_id, str(file), where)
                if outcome.about and file.suffix == ".png":
                    client.log_artifact(self.parent, str(file), where)

    def _place(self, file: Path) -> str | None:
        """Where a file lies among the artifacts: as in the folder, without the folder of the stage's own reports."""
        below = file.parent.relative_to(self.folder)
        own = Path("reports", self.stage)
        place = (below.relative_to(own) if below.is_relative_to(own) else below).as_posix()
        return None if place == "." else place

    def _log_model(self, served: Callable[[Path], Any]) -> None:
        with TemporaryDirectory() as spare:
            models.note(self.store, self.run_id, self.made(served, Path(spare)), self.stage)

    def made(self, served: Callable[[Path], Any], spare: Path) -> Any:
        """What a stage's function makes: a model to log, or one that it has logged itself, with this run.

        Raises StoreFailed when it could not log it, else what `faults.carry` does.
        """

        def call() -> Any:
            try:
                with failures.in_one_line(self.store.uri, of_stage=True):
                    return served(spare)
            except failures.StoreFailed as error:
                return error

        with active.running(self.own):
            result = faults.carry(call)
        if isinstance(result, failures.StoreFailed):
            raise result
        return result

    @interrupts.held()
    def flush(self) -> None:
        """Write what was gathered. Raises one of `failures.FAILURES`; it is still there then."""
        self.batch.send(self.store.client, self.run_id)

    @interrupts.held()
    def end(self, status: str) -> None:
        """End the run, with what was gathered, and with its parent if it is kept. What fails is queued."""
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
        for run_id in (self.run_id, self.parent) if self.kept else (self.run_id,):
            self.store.client.set_terminated(run_id, status, ended)

    def _queue(self, trouble: Exception, status: str, ended: int) -> None:
        """Queue what is not logged: in the record what is in no file, and the files that tell the rest."""
        self.store.failed = True
        why = one_line(trouble)
        unsent = self.unsent and status == "FINISHED"
        record = {
            **{
                key: getattr(self, key)
                for key in ("run_id", "stage", "settings", "parent", "kept", "epochs", "done", "identity")
            },
            **{"tags": dict(self.tags), "store": self.store.name, "status": status, "ended": ended},
            **{"batch": self.batch.as_json(), "unsent": unsent},
            **{"figures": self.outcome.figures, "about": self.outcome.about, "trace": self.trace},
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
        if not (self.kept or self.outcome.about):
            return []
        stages = [*project().before(self.stage), self.stage]
        kept = {file for file in self.outcome.files if file.is_file()}
        return sorted({*declared.written(stages, self.folder), *kept})
