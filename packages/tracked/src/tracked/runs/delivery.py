"""The way from the queue to the store, once the store is back."""

import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from mlflow.exceptions import MlflowException

from tracked import faults
from tracked.messages import one_line
from tracked.outcome import Outcome
from tracked.project import project
from tracked.runs import champion, queue
from tracked.runs.computed import Computed
from tracked.runs.result import Result
from tracked.runs.run import TrackedRun
from tracked.settings.settings import Settings
from tracked.store import failures
from tracked.store.batch import Batch
from tracked.store.store import Store

DAMAGED = (KeyError, TypeError, ValueError, AttributeError)  # what a record ends in that is not as it was written
LONGEST = 200  # characters of what an error says


def deliver(store: Store) -> None:
    """Log the runs that are queued for this store, each once. Those that fail stay queued, and a line says so."""
    if not queue.place(store.root).exists():
        return
    n_logged = 0
    with store.lock:
        for folder, record in queue.records(store.root):
            if record.get("store") != store.name:
                continue
            try:
                run = _again(store, record)
                left_out = _log(run, record, folder)
            except DAMAGED as error:
                why = one_line(error, LONGEST)
                print(f"warning: the queued run in {folder} is damaged ({why}): remove the folder", file=sys.stderr)
            except (*failures.FAILURES, MlflowException) as error:  # MLflow's: someone has deleted the run
                queue.write(folder, {**record, "done": run.done, "batch": run.batch.as_json()})
                why = one_line(error, LONGEST)
                print(f"warning: the queued run in {folder} could not be logged yet: {why}", file=sys.stderr)
            else:
                if left_out:
                    print(f"warning: the queued run of {run.stage} was logged without {left_out}", file=sys.stderr)
                queue.drop(folder)
                n_logged += 1
    if n_logged:
        print(f"logged {n_logged} run{'s' if n_logged > 1 else ''} queued while the store was away")


def _again(store: Store, record: dict) -> TrackedRun:
    made = {key: record[key] for key in ("run_id", "stage", "settings", "parent", "tags", "keeps")}
    run = TrackedRun(store, **made)
    run.steps, run.done, run.batch = record["steps"], record["done"], Batch.from_json(record["batch"])
    run.trace, run.identity = record.get("trace", ""), record.get("identity", {})
    return run


def _log(run: TrackedRun, record: dict, folder: Path) -> str:
    """Log what is left of a run, and end it. What had to be left out and why, or ""."""
    left_out = ""
    run.store.close_models(run.run_id)
    if record["unsent"]:
        with TemporaryDirectory() as spare:
            computer = Computed(Outcome(), run.active_run)
            left_out = _tell(run, record, folder, computer, Path(spare))
            champion.tell_move(run.send(computer, lambda: None))
    run.terminate(record["status"], record["ended"])
    return left_out


def _tell(run: TrackedRun, record: dict, folder: Path, computer: Computed, spare: Path) -> str:
    """Give a run its result: metrics from the record, all else told by its stage from the files, as they were.

    What had to be left out and why, or "". All code of the stage is called here: it may have been edited meanwhile, and
    raise anything.
    """
    run.result = Result(record["metrics"])
    try:
        run.folder = queue.files(folder, record["files"])
    except ValueError as error:
        return f"what its files tell: {one_line(error, LONGEST)}"
    run.result.evaluated = record["evaluated"]
    if not run.keeps:  # a sweep's job keeps no artifacts
        return ""
    try:
        computer.outcome = project().outcome(run.stage)(Settings(record["settings"], "its settings").valid, run.folder)
        told = Result.of(computer.outcome, keeps=True)
        if told.has_model and "model" not in run.done:
            computer.model(spare)
    except failures.StoreFailed:  # of a model that the stage logs itself
        raise
    except Exception as error:
        why = faults.of(error).line(LONGEST)
        return f"its model, images and files, as today's {run.stage} can't tell of them: {why}"
    run.result = replace(told, metrics=run.result.metrics, evaluated=run.result.evaluated)
    return ""
