"""What became of the jobs of a sweep, as their runs say."""

import math
from collections.abc import Iterable, Mapping, Sequence

from tracked.goal import quantity
from tracked.project import WHOLE
from tracked.runs import MEAN_OF
from tracked.runs.sweep_run import SweepRun
from tracked.store import bulk
from tracked.store.store import Run, Store
from tracked.sweeps.job import Job
from tracked.sweeps.plan import Plan


def read(sweep: SweepRun, plan: Plan, jobs: Sequence[Job], finished: Mapping[str, Run]) -> None:
    """Complete the jobs by what their runs say; `finished` are those that have finished, by fingerprint."""
    others = {
        run.data.tags["job"]: run
        for run in reversed(sweep.jobs("attributes.status != 'FINISHED'"))
        if "job" in run.data.tags
    }
    for job in jobs:
        run = others.get(job.fingerprint)
        if job.state != "failed":
            run = finished.get(job.fingerprint, run)
        if run:
            _complete(job, run, sweep.run_id, plan)
        elif job.state == "done":  # its run is gone
            job.state = "not run"
    _add_curves(sweep.store, plan, [job for job in jobs if job.has_finished])


def objective(plan: Plan, run: Run) -> float:
    """What the best job of a sweep has least of: infinite if the training diverged, or its goal's metric is missing."""
    if plan.objective is None or "diverged" in run.data.tags:
        return math.inf
    return plan.objective.cost(run.data.metrics)


def _complete(job: Job, run: Run, sweep: str, plan: Plan) -> None:
    job.run_id = run.info.run_id
    job.elsewhere = run.data.tags.get("mlflow.parentRunId") != sweep
    job.seconds = (run.info.end_time - run.info.start_time) / 1000 if run.info.end_time else None
    if job.state in ("failed", "ended early"):
        return
    if run.info.status != "FINISHED":
        job.state = "not run"
        return
    job.state = "diverged" if "diverged" in run.data.tags else "done"
    job.objective, job.metrics = objective(plan, run), dict(run.data.metrics)
    job.mean_of = run.data.tags.get(MEAN_OF, "")


def _add_curves(store: Store, plan: Plan, jobs: Sequence[Job]) -> None:
    """Those of the metrics that measure the same as the objective: they are compared."""
    alike = {job.run_id: _alike(plan, job.metrics) for job in jobs}
    found = bulk.histories(store, set(alike), {name for names in alike.values() for name in names})
    for job in jobs:
        known = found[job.run_id]
        job.curves = {name: [value for _, value in known.get(name, [])] for name in alike[job.run_id]}


def _alike(plan: Plan, metrics: Iterable[str]) -> list[str]:
    goal = plan.objective if plan.name != WHOLE else None
    return [name for name in metrics if goal and quantity(name) == quantity(goal.name)]
