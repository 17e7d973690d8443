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
from tracked.runs import failures, queue, registry
from tracked.runs.batch import Batch
from tracked.runs.run import TrackedRun
from tracked.runs.store import Store
from tracked.settings.validation import validate

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
                print(f"warning: what is queued in {folder} is damaged ({why}): remove it", file=sys.stderr)
            except (*failures.FAILURES, MlflowException) as error:  # MLflow's: someone has deleted the run
                queue.write(folder, {**record, "done": run.done, "batch": run.batch.as_json()})
                why = one_line(error, LONGEST)
                print(f"warning: what is queued in {folder} is still not logged: {why}", file=sys.stderr)
            else:
                if left_out:
                    print(f"warning: the queued run of {run.stage} is logged without {left_out}", file=sys.stderr)
                queue.drop(folder)
                n_logged += 1
    if n_logged:
        print(f"logged {n_logged} run{'s' if n_logged > 1 else ''} queued while the store was away")


def _again(store: Store, record: dict) -> TrackedRun:
    made = {key: record[key] for key in ("run_id", "stage", "settings", "parent", "tags", "kept")}
    run = TrackedRun(store, **made)
    run.epochs, run.done, run.batch = record["epochs"], record["done"], Batch.from_json(record["batch"])
    run.trace, run.identity = record.get("trace", ""), record.get("identity", {})
    return run


def _log(run: TrackedRun, record: dict, folder: Path) -> str:
    """Log what is left of a run, and end it. What had to be left out and why, or ""."""
    left_out = ""
    run.store.close_models(run.run_id)
    if record["unsent"]:
        with TemporaryDirectory() as spare:
            left_out = _tell(run, record, folder, Path(spare))
            registry.tell_move(run.send())
    run.terminate(record["status"], record["ended"])
    return left_out


def _tell(run: TrackedRun, record: dict, folder: Path, spare: Path) -> str:
    """Give a run its outcome: metrics from the record, all else told by its stage from the files, as they were.

    What had to be left out and why, or "". All code of the stage is called here: it may have been edited meanwhile, and
    raise anything.
    """
    run.outcome = Outcome(figures=record["figures"])
    try:
        run.folder = queue.files(folder, record["files"])
    except ValueError as error:
        return f"what its files tell: {one_line(error, LONGEST)}"
    run.outcome = replace(run.outcome, about=record["about"])
    if not run.kept:  # a sweep's job keeps no artifacts
        return ""
    try:
        told = project().outcome(run.stage)(validate(record["settings"], "its settings"), run.folder)
        images = {key: list(shown) for key, shown in told.images.items()}
        served = run.made(told.served, spare) if told.served and "model" not in run.done else None
    except failures.StoreFailed:  # of a model that the stage logs itself
        raise
    except Exception as error:
        why = faults.of(error).line(LONGEST)
        return f"its model, images and files, as today's {run.stage} can't tell of them: {why}"
    run.outcome = replace(
        told,
        figures=run.outcome.figures,
        about=run.outcome.about,
        images=images,
        served=served and (lambda _: served),
    )
    return ""
