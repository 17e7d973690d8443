"""The way from what could not be logged to the store, once it is back."""

import sys
from zipfile import BadZipFile

from mlflow.exceptions import MlflowException

from tracked.masking import masked
from tracked.runs import failures, kept_outcome, unlogged
from tracked.runs.batch import Batch
from tracked.runs.run import TrackedRun
from tracked.runs.store import Store

DAMAGED = (BadZipFile, KeyError, TypeError, ValueError, AttributeError)  # what files that are not as written end in


def deliver(store: Store) -> None:
    """Log what was kept for this store, each run once. Where that fails it is said, and kept on."""
    if not unlogged.shelf(store.root).exists():
        return
    n_logged = 0
    with store.lock:
        for folder, record in unlogged.records(store.root):
            if record.get("store") != store.name:
                continue
            try:
                run = _again(store, record)
                store.close_models(run.run_id)
                if record["outcome"]:
                    run.outcome, run.folder = kept_outcome.read(record["outcome"], folder), folder
                    run.send()
                run.terminate(record["status"], record["ended"])
            except DAMAGED as error:
                print(f"warning: what is kept in {folder} is damaged ({_line(error)}): remove it", file=sys.stderr)
            except (*failures.FAILURES, MlflowException) as error:  # MLflow's: someone has deleted the run
                unlogged.write(folder, {**record, "done": run.done, "batch": run.batch.as_json()})
                print(f"warning: what is kept in {folder} is still not logged: {_line(error)}", file=sys.stderr)
            else:
                unlogged.drop(folder)
                n_logged += 1
    if n_logged:
        print(f"logged what was kept of {n_logged} run{'s' if n_logged > 1 else ''} while the store was gone")


def _again(store: Store, record: dict) -> TrackedRun:
    made = {key: record[key] for key in ("run_id", "stage", "settings", "parent", "tags", "kept")}
    run = TrackedRun(store, **made)
    run.epochs, run.done, run.batch = record["epochs"], record["done"], Batch.from_json(record["batch"])
    return run


def _line(error: Exception) -> str:
    return masked(" ".join(str(error).split()))[:200]
