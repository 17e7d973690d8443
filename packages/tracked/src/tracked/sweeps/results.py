"""What a sweep came to: written, logged with its run, and told."""

import math
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tracked.errors import UserError
from tracked.goal import quantity
from tracked.project import WHOLE, project, resolved
from tracked.runs import views
from tracked.runs.store import Run, Store
from tracked.runs.sweep_run import SweepRun
from tracked.settings.comparing import flat
from tracked.stages.lines import from_here
from tracked.sweeps import comparison, report_page
from tracked.sweeps.combination import Combination
from tracked.sweeps.comparison import Row
from tracked.sweeps.plan import Plan


def objective(plan: Plan, run: Run) -> float:
    """What the best job of a sweep has least of: infinite if the training diverged, or its goal's metric is missing."""
    if plan.objective is None or "diverged" in run.data.tags:
        return math.inf
    return plan.objective.cost(run.data.metrics)


def only_seeds(plan: Plan) -> bool:
    """Whether jobs differ in nothing but the seed: none is better than another then."""
    return [key.lstrip("+") for key in plan.swept] == ["seed"]


def compare(sweep: SweepRun, plan: Plan, jobs: Sequence[Combination], runs: Mapping[str, Run]) -> None:
    """Compare the jobs that have finished, if any have; `runs` are finished ones, by fingerprint."""
    done = [job for job in jobs if job.why is None and job.fingerprint in runs]
    store = sweep.store
    rows = list(store.each(lambda job: _row(store, plan, job, runs[job.fingerprint]), done))
    if rows:
        best = None if only_seeds(plan) else min(rows, key=lambda row: row.objective)
        best = best if best and math.isfinite(best.objective) else None
        tags = _tags(best, store.client.get_run(best.run_id)) if best else {}
        figures = _histories(store, best) if best else {name: [mean] for name, mean in comparison.means(rows).items()}
        metrics = comparison.metrics(rows)
        sweep.keep(_write(plan, rows, best, shared(plan, done)), comparison.table(rows), metrics, tags, figures)
        _tell(store, plan, rows, best)
        if plan.objective and not any(plan.objective.name in row.metrics for row in rows):
            known = ", ".join(metrics) or "none"
            raise UserError(f"no job has the metric {plan.objective.name}, a goal of Project(...): they have {known}")


def shared(plan: Plan, jobs: Sequence[Combination]) -> dict[str, Any]:
    """The settings that all jobs have, of those that they read."""
    known = [job.settings for job in jobs if job.settings]  # those of a search's earlier trials are not composed
    if not known:
        return plan.settings
    first, *others = [flat({key: settings[key] for key in sorted(plan.sections)}) for settings in known]
    return {key: value for key, value in first.items() if all(key in one and one[key] == value for one in others)}


def _histories(store: Store, best: Row) -> dict[str, list[float]]:
    """All figures of a job, step by step."""
    others = [name for name in best.metrics if name not in best.curves]
    histories = store.each(lambda name: store.history(best.run_id, name), others)
    return {**best.curves, **dict(zip(others, histories, strict=True))}


def _row(store: Store, plan: Plan, job: Combination, run: Run) -> Row:
    metrics, goal = dict(run.data.metrics), plan.objective
    alike = [name for name in metrics if goal and plan.name != WHOLE and quantity(name) == quantity(goal.name)]
    curves = {name: store.history(run.info.run_id, name) for name in alike}
    diverged = "diverged" in run.data.tags
    return Row(job.shown, objective(plan, run), run.info.run_id, metrics, curves, job.values, diverged)


def _tags(best: Row, run: Run) -> dict[str, str]:
    """The values of the best job, and what its run has in the columns of the list."""
    columns = [column.removeprefix("tags.").strip("`") for column in views.columns() if column.startswith("tags.")]
    given = {key: value.strip("'\"") for key, value in best.overrides.items()}
    values = {f"best.{key.lstrip('+').replace('/', '.')}": value for key, value in given.items()}
    return values | {name: run.data.tags[name] for name in columns if name in run.data.tags}


def _write(plan: Plan, rows: list[Row], best: Row | None, settings: Mapping[str, Any]) -> list[Path]:
    """comparison.csv, the pictures, and report.html that holds all of it."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    table, page = plan.folder / "comparison.csv", plan.folder / "report.html"
    comparison.write(table, rows)
    pictures = resolved(project().pictures)(plan.folder, plan.title, rows) if project().pictures else []
    if best and plan.objective:
        verdict = report_page.verdict(plan.objective.name, best)
    else:
        verdict = ", which differ in the seed alone: what differs between them is chance" if only_seeds(plan) else ""
    report_page.write(page, plan.title, verdict, rows, pictures, settings)
    return [table, *pictures, page]


def _tell(store: Store, plan: Plan, rows: list[Row], best: Row | None) -> None:
    print(comparison.text(rows))
    if best and plan.objective and plan.name != WHOLE:
        given = plan.own(best.overrides)
        print(
            f"best by {plan.objective.name}: dvc exp run {shlex.join(word for line in given for word in ('-S', line))}"
        )
    print(f"compared in {from_here(plan.folder)}/report.html; the runs: {store.where()}")
