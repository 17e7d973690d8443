"""What a sweep came to: read from the runs of its jobs, written, logged with its own run, and told."""

import math
import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tracked.errors import UserError
from tracked.goal import quantity
from tracked.pages import views
from tracked.project import WHOLE, project, resolved
from tracked.runs import MEAN_OF
from tracked.runs.sweep_run import SweepRun
from tracked.secrets.masking import masked
from tracked.settings.comparing import common, flat
from tracked.stages.lines import from_here
from tracked.store import bulk
from tracked.store.store import Run, Store
from tracked.sweeps import comparison, repeats, report_page
from tracked.sweeps.job import Job
from tracked.sweeps.plan import Plan
from tracked.sweeps.report import SweepReport
from tracked.sweeps.values import only_seeds, unquoted, without_seeds

AS_EXPERIMENT = "As a DVC experiment, with all stages"


def compare(
    sweep: SweepRun,
    plan: Plan,
    jobs: Sequence[Job],
    runs: Mapping[str, Run],
    settings: Mapping[str, Any],
    total: int,
) -> None:
    """Compare the jobs that have finished, and say what became of the others; `runs` are finished ones, by fingerprint,
    `settings` those that all jobs share, `total` how many jobs there are to be."""
    _read(sweep, plan, jobs, runs)
    finished = [job for job in jobs if job.has_finished]
    report = _report(sweep, plan, jobs, finished, settings, total)
    files = _write(plan, report)
    sweep.keep_page(files[-1], report.markdown())
    if not finished:
        where = sweep.store.where()
        print(f"no job has finished: {from_here(plan.folder)}/{files[-1].name}; the runs: {where}")
        return
    _log(sweep, report, files[:-1])
    _tell(sweep.store, plan, report)
    _refuse_missing_goal(plan, finished)


def _read(sweep: SweepRun, plan: Plan, jobs: Sequence[Job], finished: Mapping[str, Run]) -> None:
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


def _report(
    sweep: SweepRun, plan: Plan, jobs: Sequence[Job], finished: list[Job], settings: Mapping[str, Any], total: int
) -> SweepReport:
    store = sweep.store
    best = comparison.best(finished) if finished else []
    return SweepReport(
        title=plan.title,
        command=plan.command,
        goal=plan.objective,
        jobs=jobs,
        total=total,
        best=best,
        best_commands=_commands(plan, best) if plan.objective else {},
        repeated=repeats.of(finished, plan.objective) if finished else None,
        settings=flat(settings),
        pictures=_draw(plan, finished),
        run_id=sweep.run_id,
        experiment=store.experiment_id,
        server=masked(store.uri) if store.uri.startswith("http") else None,
    )


def _log(sweep: SweepRun, report: SweepReport, files: Sequence[Path]) -> None:
    """Log the comparison with the sweep's run."""
    store, best, finished = sweep.store, report.best, report.finished
    tags = _tags(best, store.client.get_run(best[0].run_id)) if best else {}
    means = {name: [mean] for name, mean in comparison.means(best or finished).items()}
    of_best = _histories(store, best[0]) if len(best) == 1 else means
    sweep.keep(files, comparison.table(finished), comparison.metrics(finished), tags, of_best)
    if found := report.repeated:
        sweep.keep_settings(repeats.table(found), found.metrics, repeats.verdict(found))


def _refuse_missing_goal(plan: Plan, finished: Sequence[Job]) -> None:
    """Raises UserError when no job has the metric by which the best is chosen. A job that diverged may have none, as
    MLflow keeps only numbers."""
    sound = [job.metrics for job in finished if not job.diverged]
    if plan.objective and sound and not any(plan.objective.name in found for found in sound):
        known = ", ".join(comparison.metrics(finished)) or "none"
        raise UserError(f"no job has the metric {plan.objective.name}, a goal of Project(...): they have {known}")


def shared(plan: Plan, jobs: Sequence[Job]) -> dict[str, Any]:
    """The settings that all jobs have, of those that they read."""
    return common([{key: job.settings.plain[key] for key in sorted(plan.sections)} for job in jobs])


def _histories(store: Store, best: Job) -> dict[str, list[float]]:
    """All metrics of a job, step by step."""
    others = [name for name in best.metrics if name not in best.curves]
    found = bulk.histories(store, [best.run_id], others)[best.run_id]
    return {**best.curves, **{name: [value for _, value in points] for name, points in found.items()}}


def _tags(best: Sequence[Job], run: Run) -> dict[str, str]:
    """The best settings, and what the `run` of such a job has in the columns of the list."""
    columns = [column.removeprefix("tags.").strip("`") for column in views.columns() if column.startswith("tags.")]
    known = best[0].given if len(best) == 1 else without_seeds(best[0].given)
    values = {f"best.{key.lstrip('+').replace('/', '.')}": value for key, value in unquoted(known).items()}
    shown = {name: run.data.tags[name] for name in columns if name in run.data.tags}
    return values | (shown if len(best) == 1 else without_seeds(shown))


def _draw(plan: Plan, finished: list[Job]) -> list[Path]:
    plan.folder.mkdir(parents=True, exist_ok=True)
    return resolved(project().pictures)(plan.folder, plan.title, finished) if finished and project().pictures else []


def _write(plan: Plan, report: SweepReport) -> list[Path]:
    """comparison.csv, settings.csv if seeds repeat the settings, the pictures, and report.html that holds all of it."""
    tables = {"comparison.csv": comparison.table(report.finished)} if report.finished else {}
    tables |= {"settings.csv": repeats.table(report.repeated)} if report.repeated else {}
    for name, table in tables.items():
        comparison.write(plan.folder / name, table)
    page = plan.folder / "report.html"
    report_page.write(page, report)
    return [*(plan.folder / name for name in tables), *report.pictures, page]


def _commands(plan: Plan, best: Sequence[Job]) -> dict[str, str]:
    """What runs the best settings, without the seed if several were tried, by what it does."""
    if not best:
        return {}
    varied = plan.swept if len(best) == 1 else without_seeds(best[0].given)
    chance = {key for key in plan.swept if key not in varied}
    given = [line for line in plan.own(best[0].given) if line.partition("=")[0] not in chance]
    alone = {"The best settings alone": shlex.join([*project().command(plan.name), *given])}
    if plan.name == WHOLE:
        return alone
    return {**alone, AS_EXPERIMENT: f"dvc exp run {shlex.join(word for line in given for word in ('-S', line))}"}


def _tell(store: Store, plan: Plan, report: SweepReport) -> None:
    print(repeats.text(report.repeated) if report.repeated else comparison.text(report.finished))
    if plan.objective and (command := report.best_commands.get(AS_EXPERIMENT)):
        of_seeds = "" if len(report.best) == 1 else f", the mean of {len(report.best)} seeds"
        print(f"best by {plan.objective.name}{of_seeds}: {command}")
    elif plan.objective and not report.best and not report.repeated and not only_seeds(plan.swept):
        print(f"no job has a finite {plan.objective.name}")
    if report.reused:
        print(report.reused)
    print(f"compared in {from_here(plan.folder)}/report.html; the runs: {store.where()}")
