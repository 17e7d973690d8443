"""What a sweep came to: written, logged with its run, and told."""

import math
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from tracked import interrupts
from tracked.project import WHOLE, project, resolved
from tracked.runs.store import Run, Store
from tracked.sweeps import comparison, report_page
from tracked.sweeps.combination import Combination
from tracked.sweeps.comparison import Row
from tracked.sweeps.plan import Plan

TABLE = "comparison.json"


def objective(run: Run) -> float:
    """What a sweep minimises, infinite if the training diverged."""
    return math.inf if "diverged" in run.data.tags else run.data.metrics.get(project().objective, math.inf)


def compare(store: Store, parent: str, plan: Plan, jobs: Sequence[Combination], runs: Mapping[str, Run]) -> None:
    """Compare the jobs that have finished, if any have; `runs` are finished ones, by fingerprint."""
    done = [job for job in jobs if job.why is None and job.fingerprint in runs]
    rows = [_row(store, plan, job, runs[job.fingerprint]) for job in done]
    if rows:
        best = min(rows, key=lambda row: row.objective)
        _log(store, parent, _write(plan, rows), rows, best)
        _tell(store, plan, rows, best)


def _row(store: Store, plan: Plan, job: Combination, run: Run) -> Row:
    losses = [name for name in project().curves if name.endswith("loss") and plan.name != WHOLE]
    curves = {name: store.history(run.info.run_id, name) for name in losses if name in run.data.metrics}
    return Row(job.values, objective(run), run.info.run_id, dict(run.data.metrics), curves)


def _write(plan: Plan, rows: list[Row]) -> list[Path]:
    """comparison.csv, the pictures, and report.html that holds all of it."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    table, page = plan.folder / "comparison.csv", plan.folder / "report.html"
    comparison.write(table, rows)
    pictures = resolved(project().pictures)(plan.folder, plan.title, rows)
    report_page.write(page, plan.title, rows, pictures, plan.settings)
    return [table, *pictures, page]


@interrupts.held()
def _log(store: Store, parent: str, files: list[Path], rows: list[Row], best: Row) -> None:
    for file in files:
        store.client.log_artifact(parent, str(file))
    _log_table(store, parent, comparison.table(rows))
    values = {f"best.{key.lstrip('+').replace('/', '.')}": value for key, value in best.values.items()}
    known = store.client.get_run(parent).data.params  # written once: the tags follow a sweep that goes on
    store.log(parent, best.metrics, {} if known.keys() & values.keys() else values, values)


def _log_table(store: Store, parent: str, table: dict) -> None:
    """A table that the UI shows. MLflow would append to that of a sweep that goes on."""
    if TABLE in [file.path for file in store.client.list_artifacts(parent)]:
        from pandas import DataFrame

        store.client.log_text(parent, DataFrame(table).to_json(orient="split", index=False), TABLE)
    else:
        store.client.log_table(parent, table, TABLE)


def _tell(store: Store, plan: Plan, rows: list[Row], best: Row) -> None:
    print(comparison.text(rows))
    if plan.name != WHOLE and plan.swept != ["seed"]:
        given = [*plan.fixed, *(f"{key}={value}" for key, value in best.values.items())]
        print(f"best on validation data: dvc exp run {shlex.join(word for line in given for word in ('-S', line))}")
    here = Path.cwd()
    shown = plan.folder.relative_to(here) if plan.folder.is_relative_to(here) else plan.folder
    print(f"compared in {shown}/report.html and in MLflow: {store.link()}")
