"""A sweep that is going on: its run, the jobs that are left to do, and in the end what became of all."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tracked import faults
from tracked.errors import UserError
from tracked.folders import alone_in
from tracked.project import here, project
from tracked.runs import PRUNED_AT
from tracked.runs.delivery import deliver
from tracked.runs.sweep_run import SweepRun
from tracked.secrets.masking import masked
from tracked.store import bulk
from tracked.store.store import Run, Store
from tracked.sweeps import results
from tracked.sweeps.job import Job
from tracked.sweeps.launchers import Launch
from tracked.sweeps.plan import Plan
from tracked.sweeps.progress import Progress
from tracked.waiting import waiting

BATCH = 64  # jobs launched at once: launchers keep the whole configuration of each


@contextmanager
def running(plan: Plan, launch: Launch, total: int, rerun: bool, settings: Mapping[str, Any]) -> Iterator["Sweep"]:
    """A sweep of `total` jobs, which share the `settings`. Raises UserError in the end when jobs failed, or left no
    run."""
    with alone_in(plan.folder, "hydra.sweep.dir"):
        yield from _running(plan, launch, total, rerun, settings)


def _running(plan: Plan, launch: Launch, total: int, rerun: bool, settings: Mapping[str, Any]) -> Iterator["Sweep"]:
    with waiting("Opening the runs"):
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
            results.compare(run, plan, sweep.jobs, sweep.finished(), settings, sweep.progress.total)
            if status == "KILLED":
                print(sweep.interrupted(), file=sys.stderr)
        finally:
            run.end(status)
    if sweep.failed:
        for job in sweep.failed:
            trace = sweep.trace_of(job) if faults.IN_FULL else ""
            print(f"{trace}failed: {job.title}: {masked(job.why)}", file=sys.stderr)
        raise UserError(f"{len(sweep.failed)} of {total} jobs failed")


class Sweep:
    """The jobs so far, in the order in which they are compared."""

    def __init__(self, own: SweepRun, launch: Launch, total: int, rerun: bool, folder: Path) -> None:
        self.own, self.launch, self.rerun, self.folder = own, launch, rerun, folder
        self.progress = Progress(own, total)
        self.jobs: list[Job] = []
        self.before: dict[str, Run] = {}  # of jobs that had finished, by fingerprint
        self.recalled = False  # whether this sweep's own are among them
        self.launched = 0

    @property
    def failed(self) -> list[Job]:
        return [job for job in self.jobs if job.state == "failed"]

    def interrupted(self) -> str:
        """What to say when the user has ended the sweep."""
        finished, total = self.progress.finished(), self.progress.total
        return f"interrupted: {finished} of {total}; the same command runs the other {total - finished}"

    def run(self, jobs: Sequence[Job]) -> None:
        """Run those of the jobs that are left to do."""
        self.jobs += jobs
        if not self.rerun:
            self._recall(jobs)
        left = self._left(jobs)
        self.progress.launched = bool(left)
        if not left:
            return
        self.launch.prepare()
        batch = max(BATCH, 4 * self.launch.at_once())  # the last jobs of a batch are waited for
        for start in range(0, len(left), batch):
            self._launch(left[start : start + batch])

    def _left(self, jobs: Sequence[Job]) -> list[Job]:
        """Those of the jobs that are to run. The others were refused, were ended early before, have finished before
        with the same settings, data and code, or are equal to one that runs."""
        left: dict[str, Job] = {}
        for job in jobs:
            if job.state == "failed":
                self.progress.refused += 1
            elif job.state == "ended early" or job.fingerprint in self.before or job.fingerprint in left:
                self.progress.skipped += 1
            else:
                left[job.fingerprint] = job
        return [*left.values()]

    def _recall(self, jobs: Sequence[Job]) -> None:
        """Find out which jobs have finished before: in this sweep, asked once, or in another one."""
        if not self.recalled:
            self.before, self.recalled = self.finished(), True
        unknown = [job.fingerprint for job in jobs if job.state == "not run" and job.fingerprint not in self.before]
        self.before |= bulk.newest_finished(self.own.store, "job", unknown)

    def run_of(self, job: Job) -> Run | None:
        """The newest finished run of a job."""
        return bulk.newest_finished(self.own.store, "job", [job.fingerprint]).get(job.fingerprint)

    def finished(self) -> dict[str, Run]:
        """The newest finished runs of the jobs, by fingerprint."""
        found = dict(self.before)
        for run in reversed(self.own.jobs("attributes.status = 'FINISHED'")):
            found[run.data.tags.get("job", "")] = run
        return found

    def _launch(self, jobs: list[Job]) -> None:
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
            if self.progress.ended.get(job.fingerprint) == "done":
                job.state = "done"
            else:
                self._settle(job, reason)
            self.progress.ended[job.fingerprint] = job.state

    def trace_of(self, job: Job) -> str:
        """The traceback of a job that failed, wherever it ran: as its run keeps it; "" if there is none."""
        runs = self.own.jobs(f"tags.job = '{job.fingerprint}' and attributes.status = 'FAILED'")
        return self.own.store.text_of(runs[0].info.run_id, faults.FILE) if runs else ""

    def _settle(self, job: Job, reason: str | None) -> None:
        """Note what became of a job, by its newest run, and by the reason that the launcher tells."""
        runs = self.own.jobs(f"tags.job = '{job.fingerprint}'")
        status = runs[0].info.status if runs else None
        if status == "FINISHED":
            job.state = "done"
        elif status == "KILLED" and PRUNED_AT in runs[0].data.tags:
            job.end_early(int(runs[0].data.tags[PRUNED_AT]))
        elif reason is None:
            job.fail("it left no finished run in this store: its process used another one, or has died")
        else:
            job.fail(reason if status in (None, "RUNNING", "FAILED") else f"its run is {status}; {reason}")
