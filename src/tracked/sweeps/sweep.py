"""A sweep that is going on: its run, the jobs that are left to do, and in the end what became of all."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from tracked import interrupts
from tracked.errors import UserError
from tracked.project import ROOT, project
from tracked.runs.store import Run, Store
from tracked.sweeps import results
from tracked.sweeps.combination import Combination
from tracked.sweeps.plan import Plan
from tracked.sweeps.progress import Progress

# Runs jobs below a run, numbered from a number on; returns why each failed, if it did.
Launch = Callable[[Sequence[Combination], str, int], list[str | None]]

BATCH = 64  # jobs launched at once: launchers keep the whole configuration of each


@contextmanager
def running(plan: Plan, launch: Launch, total: int, rerun: bool) -> Iterator["Sweep"]:
    """A sweep of `total` jobs. Raises UserError in the end when jobs failed."""
    store = Store.at(ROOT)
    params = project().page.flat({**plan.settings, "swept": ", ".join(plan.swept)})
    parent = store.sweep(plan.key, plan.title, params, plan.command)
    sweep = Sweep(store, parent, launch, total, rerun)
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
            sweep.close("KILLED" if status == "KILLED" else "FAILED")
            results.compare(store, parent, plan, sweep.jobs, sweep.finished())
        finally:
            store.end(parent, status)
    if sweep.failed:
        for job in sweep.failed:
            print(f"failed: {job.title}: {job.why}", file=sys.stderr)
        raise UserError(f"{len(sweep.failed)} of {total} jobs failed")


class Sweep:
    """The jobs so far, in the order in which they are compared."""

    def __init__(self, store: Store, parent: str, launch: Launch, total: int, rerun: bool) -> None:
        self.store, self.parent, self.launch, self.rerun = store, parent, launch, rerun
        self.progress = Progress(store, parent, total)
        self.jobs: list[Combination] = []
        self.before: dict[str, Run] = {}  # of jobs that had finished, by fingerprint
        self.launched = 0

    @property
    def failed(self) -> list[Combination]:
        return [job for job in self.jobs if job.why is not None]

    def run(self, jobs: Sequence[Combination]) -> None:
        """Run jobs, but for those that were refused, or have finished before with the same settings, data and code."""
        self.jobs += jobs
        left: dict[str, Combination] = {}
        for job in jobs:
            if job.why is not None:
                self.progress.refused += 1
            elif job.fingerprint in left or (not self.rerun and self._has_finished(job)):
                self.progress.skipped += 1
            else:
                left[job.fingerprint] = job
        for start in range(0, len(left), BATCH):
            self._launch([*left.values()][start : start + BATCH])

    def count_in(self, jobs: Sequence[Combination]) -> None:
        """Count in jobs that have finished before."""
        self.jobs += [job for job in jobs if self._has_finished(job)]
        self.progress.skipped += len(jobs)

    def _has_finished(self, job: Combination) -> bool:
        run = self.run_of(job)
        self.before |= {job.fingerprint: run} if run else {}
        return run is not None

    def run_of(self, job: Combination) -> Run | None:
        """The newest finished run of a job."""
        query = f"tags.job = '{job.fingerprint}' and attributes.status = 'FINISHED'"
        return next(iter(self.store.search(query, most=1)), None)

    def finished(self) -> dict[str, Run]:
        """The newest finished runs of the jobs, by fingerprint."""
        found = dict(self.before)
        for run in reversed(self.store.children(self.parent, "attributes.status = 'FINISHED'")):
            found[run.data.tags.get("job", "")] = run
        return found

    def close(self, status: str) -> None:
        """End what a launcher left going on."""
        with interrupts.held():
            self._close_below(self.parent, status)

    def _close_below(self, run_id: str, status: str) -> None:
        for run in self.store.children(run_id, "attributes.status = 'RUNNING'"):
            self._close_below(run.info.run_id, status)
            self.store.client.set_terminated(run.info.run_id, status)

    def _launch(self, jobs: list[Combination]) -> None:
        first, self.launched = self.launched, self.launched + len(jobs)
        try:
            reasons = self.launch(jobs, self.parent, first)
        except Exception as error:  # of the launcher, which has lost what the jobs returned: their runs are left
            lost = f"{type(error).__name__}: {' '.join(str(error).split())}"
            reasons = [self._what_became_of(job, lost) for job in jobs]
        for job, why in zip(jobs, reasons, strict=True):
            job.why = why
            self.progress.ended[job.fingerprint] = "done" if why is None else "failed"

    def _what_became_of(self, job: Combination, lost: str) -> str | None:
        """Why a job failed, by its newest run; `lost` if that did not come to an end."""
        runs = self.store.children(self.parent, f"tags.job = '{job.fingerprint}'")
        status = runs[0].info.status if runs else "RUNNING"
        return {"FINISHED": None, "RUNNING": lost}.get(status, f"its run is {status}; {lost}")
