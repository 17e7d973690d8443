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
from tracked.settings.comparing import common, flat
from tracked.stages.lines import from_here
from tracked.sweeps import comparison, report_page
from tracked.sweeps.combination import Combination
from tracked.sweeps.comparison import Row
from tracked.sweeps.plan import Plan
from tracked.sweeps.values import only_seeds, without_seeds


def objective(plan: Plan, run: Run) -> float:
    """What the best job of a sweep has least of: infinite if the training diverged, or its goal's metric is missing."""
    if plan.objective is None or "diverged" in run.data.tags:
        return math.inf
    return plan.objective.cost(run.data.metrics)


def compare(
    sweep: SweepRun, plan: Plan, jobs: Sequence[Combination], runs: Mapping[str, Run], settings: Mapping[str, Any]
) -> None:
    """Compare the jobs that have finished, if any have; `runs` are finished ones, by fingerprint, `settings` those that
    all jobs share."""
    done = [job for job in jobs if job.why is None and job.fingerprint in runs]
    store = sweep.store
    rows = list(store.each(lambda job: _row(store, plan, job, runs[job.fingerprint]), done))
    if rows:
        best = comparison.best(rows)
        tags = _tags(best, store.client.get_run(best[0].run_id)) if best else {}
        means = {name: [mean] for name, mean in comparison.means(best or rows).items()}
        figures = _histories(store, best[0]) if len(best) == 1 else means
        metrics = comparison.metrics(rows)
        sweep.keep(_write(plan, rows, best, settings), comparison.table(rows), metrics, tags, figures)
        _tell(store, plan, rows, best)
        sound = [row.metrics for row in rows if not row.diverged]  # a metric that is no number is kept of none
        if plan.objective and sound and not any(plan.objective.name in found for found in sound):
            known = ", ".join(metrics) or "none"
            raise UserError(f"no job has the metric {plan.objective.name}, a goal of Project(...): they have {known}")


def shared(plan: Plan, jobs: Sequence[Combination]) -> dict[str, Any]:
    """The settings that all jobs have, of those that they read."""
    return common([{key: job.settings[key] for key in sorted(plan.sections)} for job in jobs])


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


def _tags(best: Sequence[Row], run: Run) -> dict[str, str]:
    """The best settings, and what the `run` of such a job has in the columns of the list."""
    columns = [column.removeprefix("tags.").strip("`") for column in views.columns() if column.startswith("tags.")]
    known = best[0].overrides if len(best) == 1 else without_seeds(best[0].overrides)
    given = {key: value.strip("'\"") for key, value in known.items()}
    values = {f"best.{key.lstrip('+').replace('/', '.')}": value for key, value in given.items()}
    return values | {name: run.data.tags[name] for name in columns if name in run.data.tags}


def _write(plan: Plan, rows: list[Row], best: list[Row], settings: Mapping[str, Any]) -> list[Path]:
    """comparison.csv, the pictures, and report.html that holds all of it."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    table, page = plan.folder / "comparison.csv", plan.folder / "report.html"
    comparison.write(table, rows)
    pictures = resolved(project().pictures)(plan.folder, plan.title, rows) if project().pictures else []
    report_page.write(page, plan.title, plan.objective, rows, best, pictures, flat(settings))
    return [table, *pictures, page]


def _tell(store: Store, plan: Plan, rows: list[Row], best: list[Row]) -> None:
    print(comparison.text(rows))
    if best and plan.objective and plan.name != WHOLE:
        varied = plan.swept if len(best) == 1 else without_seeds(best[0].overrides)
        of_seeds = "" if len(best) == 1 else f", the mean of {len(best)} seeds"
        chance = {key for key in plan.swept if key not in varied}
        given = [line for line in plan.own(best[0].overrides) if line.partition("=")[0] not in chance]
        words = shlex.join(word for line in given for word in ("-S", line))
        print(f"best by {plan.objective.name}{of_seeds}: dvc exp run {words}")
    elif plan.objective and not best and not only_seeds(plan.swept):
        print(f"no job has a finite {plan.objective.name}")
    print(f"compared in {from_here(plan.folder)}/report.html; the runs: {store.where()}")
