"""Whether a job of a search is poor enough to end early: what the job itself asks, step by step.

It knows the others from the store, so that it does not matter where they run, or ran before a search was cut off.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from json import dumps, loads
from time import monotonic

import optuna
from hydra.utils import instantiate
from optuna.trial import TrialState

from tracked.goal import Goal
from tracked.project import project
from tracked.runs import PRUNED_AT
from tracked.store import bulk, failures
from tracked.store.store import Run, Store
from tracked.sweeps import trials
from tracked.sweeps.progress import SKEW
from tracked.sweeps.ticket import Ticket

SECONDS_BETWEEN = 3.0  # looks at the store
SHARE = 0.05  # of the time that looks may take

optuna.logging.set_verbosity(optuna.logging.ERROR)


class Judge:
    """Judges one job of a search beside the others."""

    def __init__(self, store: Store, ticket: Ticket, publish: Callable[[], None]) -> None:
        """`publish` writes to the store what the job has reported: others are judged by it meanwhile."""
        self.store, self.job, self.publish = store, ticket.job, publish
        self.others = _others(ticket.parent, dumps(ticket.pruner), ticket.metric)
        self.goal = self.others.goal

    def is_poor(self, step: int, metrics: Mapping[str, float]) -> bool:
        """Whether the pruner ends the job at this step, from 1, by the metrics that it reports there."""
        if self.goal.name not in metrics:
            return False
        if self.others.is_time() or self.job not in self.others.jobs:
            with suppress(*failures.FAILURES):  # a server that is busy: a training goes on by what was known
                self.publish()
                self.others.look(self.store, self.job)
        trial = self.others.trial(self.job)
        if trial is None:
            return False
        trial.report(metrics[self.goal.name], step)
        self.others.steps[self.job] = step
        return trial.should_prune()


class Others:
    """The trials of a search as the pruner sees them, in the order of their numbers."""

    def __init__(self, sweep: str, pruner: str, goal: Goal) -> None:
        self.sweep, self.goal = sweep, goal
        self.study = optuna.create_study(
            sampler=optuna.samplers.RandomSampler(),  # it draws nothing
            pruner=instantiate(loads(pruner)),
            study_name="sweep",
            direction="minimize" if goal.direction == "min" else "maximize",
        )
        self.jobs: list[str] = []  # fingerprints
        self.trials: list[optuna.Trial] = []
        self.steps: dict[str, int] = {}  # the last that was reported of each
        self.ended: set[str] = set()
        self.latest = 0  # ms since 1970: what ended before has been seen
        self.next = 0.0

    def is_time(self) -> bool:
        return monotonic() >= self.next

    def trial(self, job: str) -> optuna.Trial | None:
        """The trial of a job that is going on."""
        return self.trials[self.jobs.index(job)] if job in self.jobs and job not in self.ended else None

    def look(self, store: Store, own: str) -> None:
        """Ask the store for what the other jobs have reported since. Raises one of `failures.FAILURES`."""
        began = monotonic()
        for trial in trials.read(store.client.get_run(self.sweep).data.tags)[len(self.jobs) :]:
            self.jobs.append(trial.job)
            self.trials.append(self.study.ask())
        runs = [run for run in self._runs(store) if run.data.tags.get("job") in self._going_on(own)]
        curves = bulk.histories(store, [run.info.run_id for run in runs], [self.goal.name])
        for run in runs:
            self._hear(run, curves[run.info.run_id].get(self.goal.name, []))
        self.next = monotonic() + max(SECONDS_BETWEEN, (monotonic() - began) / SHARE)

    def _going_on(self, own: str) -> set[str]:
        return set(self.jobs) - self.ended - {own}

    def _runs(self, store: Store) -> list[Run]:
        """Those that go on, and those that have ended since the last look; what another sweep has run, too."""
        below = store.children(self.sweep, f"attributes.end_time >= {self.latest - SKEW}")
        self.latest = max([self.latest, *(run.info.end_time or 0 for run in below)])
        below += store.children(self.sweep, "attributes.status = 'RUNNING'")
        seen = {run.data.tags.get("job") for run in below} | self.ended
        elsewhere = [job for job in self.jobs if job not in seen and job not in self.steps]
        finished = "attributes.status = 'FINISHED'"
        return below + [run for job in elsewhere for run in store.search(f"tags.job = '{job}' and {finished}", most=1)]

    def _hear(self, run: Run, curve: Sequence[tuple[int, float]]) -> None:
        """Report what a job has reported since, by step, and what became of it."""
        job = run.data.tags["job"]
        if job in self.ended:  # by another run of it
            return
        trial = self.trials[self.jobs.index(job)]
        for step, value in curve:
            if step > self.steps.get(job, 0):
                trial.report(value, step)
                trial.should_prune()  # some pruners note by it how far a trial has come
                self.steps[job] = step
        if state := self._state(run):
            last = run.data.metrics[self.goal.name] if state == TrialState.COMPLETE else None
            self.study.tell(trial, last, state)
            self.ended.add(job)

    def _state(self, run: Run) -> TrialState | None:
        """What Optuna calls the state of a run; None while it goes on, or if it is to be run again."""
        if run.info.status == "FINISHED":
            return TrialState.COMPLETE if self.goal.name in run.data.metrics else TrialState.FAIL
        return TrialState.PRUNED if PRUNED_AT in run.data.tags and run.info.status == "KILLED" else None


@cache
def _others(sweep: str, pruner: str, metric: str) -> Others:
    """Those of a sweep, gathered once in a process, which runs several of its jobs."""
    return Others(sweep, pruner, next(goal for goal in project().goals if goal.name == metric))
