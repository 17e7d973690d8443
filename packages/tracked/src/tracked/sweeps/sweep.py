"""A sweep that is going on: its run, the jobs that are left to do, and in the end what became of all."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from tracked import faults
from tracked.errors import UserError
from tracked.folders import alone_in
from tracked.masking import masked
from tracked.project import here, project
from tracked.runs.delivery import deliver
from tracked.runs.store import Run, Store
from tracked.runs.sweep_run import SweepRun
from tracked.sweeps import results
from tracked.sweeps.combination import Combination
from tracked.sweeps.plan import Plan
from tracked.sweeps.progress import Progress

BATCH = 64  # jobs launched at once: launchers keep the whole configuration of each


class Launch(Protocol):
    """How jobs are run."""

    def at_once(self) -> int:
        """How many jobs run at the same time."""

    def prepare(self) -> None:
        """Hear that there will be jobs."""

    def __call__(self, jobs: Sequence[Combination], parent: str, first: int) -> list[str | None]:
        """Run jobs below the run `parent`, numbered from `first`; returns why each failed, if it did."""


@contextmanager
def running(plan: Plan, launch: Launch, total: int, rerun: bool, settings: Mapping[str, Any]) -> Iterator["Sweep"]:
    """A sweep of `total` jobs, which share the `settings`. Raises UserError in the end when jobs failed, or left no
    run."""
    with alone_in(plan.folder, "hydra.sweep.dir"):
        yield from _running(plan, launch, total, rerun, settings)


def _running(plan: Plan, launch: Launch, total: int, rerun: bool, settings: Mapping[str, Any]) -> Iterator["Sweep"]:
    store = Store.at(here().root)
    deliver(store)
    params = project().page.flat({**settings, "swept": ", ".join(plan.swept)})
    run = SweepRun.begin(store, plan.key, plan.title, params, plan.command)
    sweep = Sweep(run, launch, total, rerun, plan.folder)
    status = "FAILED"
    try:
        with sweep.progress.watched():
            yield sweep
        status = "FAILED" if sweep.failed else "FINISHED"
    except KeyboardInterrupt:
        status = "KILLED"
        raise
    finally:
        try:
            deliver(store)  # of a job whose server was gone for a while
            run.close("KILLED" if status == "KILLED" else "FAILED")
            results.compare(run, plan, sweep.jobs, sweep.finished(), settings)
        finally:
            run.end(status)
    if sweep.failed:
        for job in sweep.failed:
            trace = sweep.trace_of(job) if faults.IN_FULL else ""
            print(f"{trace}failed: {job.title}: {masked(job.why or '')}", file=sys.stderr)
        raise UserError(f"{len(sweep.failed)} of {total} jobs failed")


class Sweep:
    """The jobs so far, in the order in which they are compared."""

    def __init__(self, own: SweepRun, launch: Launch, total: int, rerun: bool, folder: Path) -> None:
        self.own, self.launch, self.rerun, self.folder = own, launch, rerun, folder
        self.progress = Progress(own, total)
        self.jobs: list[Combination] = []
        self.before: dict[str, Run] = {}  # of jobs that had finished, by fingerprint
        self.launched = 0

    @property
    def failed(self) -> list[Combination]:
        return [job for job in self.jobs if job.why is not None]

    def run(self, jobs: Sequence[Combination]) -> None:
        """Run jobs, but for those that were refused, or have finished before with the same settings, data and code."""
        self.jobs += jobs
        self._recall()
        left: dict[str, Combination] = {}
        found = self.own.store.each(lambda job: not self.rerun and job.why is None and self._has_finished(job), jobs)
        for job, finished in zip(jobs, found, strict=True):
            if job.why is not None:
                self.progress.refused += 1
            elif finished or job.fingerprint in left:
                self.progress.skipped += 1
            else:
                if not left:
                    self.launch.prepare()
                left[job.fingerprint] = job
        batch = max(BATCH, 4 * self.launch.at_once())  # the last jobs of a batch are waited for
        for start in range(0, len(left), batch):
            self._launch([*left.values()][start : start + batch])

    def count_in(self, jobs: Sequence[Combination]) -> None:
        """Count in jobs that have finished before."""
        self._recall()
        self.jobs += [job for job in jobs if self._has_finished(job)]
        self.progress.skipped += len(jobs)

    def _recall(self) -> None:
        """Ask once for all jobs of this sweep that have finished: in a large store each question takes its time."""
        self.before |= {} if self.rerun else self.finished()

    def _has_finished(self, job: Combination) -> bool:
        if job.fingerprint in self.before:
            return True
        run = self.run_of(job)
        self.before |= {job.fingerprint: run} if run else {}
        return run is not None

    def run_of(self, job: Combination) -> Run | None:
        """The newest finished run of a job."""
        query = f"tags.job = '{job.fingerprint}' and attributes.status = 'FINISHED'"
        return next(iter(self.own.store.search(query, most=1)), None)

    def finished(self) -> dict[str, Run]:
        """The newest finished runs of the jobs, by fingerprint."""
        found = dict(self.before)
        for run in reversed(self.own.jobs("attributes.status = 'FINISHED'")):
            found[run.data.tags.get("job", "")] = run
        return found

    def _launch(self, jobs: list[Combination]) -> None:
        """Run jobs, and take from their runs what became of them: a launcher that breaks loses what they returned."""
        first, self.launched = self.launched, self.launched + len(jobs)
        try:
            reasons = self.launch(jobs, self.own.run_id, first)
        except UserError:  # no job could run
            raise
        except Exception as error:
            reasons = [faults.keep(faults.of(error), self.folder / faults.FILE)] * len(jobs)
        self.progress.look()
        for job, reason in zip(jobs, reasons, strict=True):
            if self.progress.ended.get(job.fingerprint) != "done":
                job.why = self._what_became_of(job, reason)
            self.progress.ended[job.fingerprint] = "done" if job.why is None else "failed"

    def trace_of(self, job: Combination) -> str:
        """The traceback of a job that failed, wherever it ran: as its run keeps it; "" if there is none."""
        runs = self.own.jobs(f"tags.job = '{job.fingerprint}' and attributes.status = 'FAILED'")
        return self.own.store.text_of(runs[0].info.run_id, faults.FILE) if runs else ""

    def _what_became_of(self, job: Combination, reason: str | None) -> str | None:
        """Why a job failed, by its newest run and what the launcher says; None if it has finished all the same."""
        runs = self.own.jobs(f"tags.job = '{job.fingerprint}'")
        status = runs[0].info.status if runs else None
        if status == "FINISHED":
            return None
        if reason is None:
            return "it left no finished run in this store: its process used another one, or has died"
        return reason if status in (None, "RUNNING", "FAILED") else f"its run is {status}; {reason}"
