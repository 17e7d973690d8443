"""The trials of a search, of all its starts: drawn, listed with the sweep's run, run, and told to the study."""

from collections.abc import Callable, Mapping, Sequence

from tracked.store import bulk
from tracked.sweeps import trials
from tracked.sweeps.job import Job
from tracked.sweeps.plan import Plan
from tracked.sweeps.results import objective
from tracked.sweeps.study import Study
from tracked.sweeps.sweep import Sweep
from tracked.sweeps.trials import Trial

Compose = Callable[[Mapping[str, str]], Job]


class Search:
    """A search that is going on."""

    def __init__(self, plan: Plan, study: Study, sweep: Sweep, compose: Compose) -> None:
        self.plan, self.study, self.sweep, self.compose = plan, study, sweep, compose
        self.trials = [trial for trial in trials.read(sweep.own.tags()) if study.knows(trial.values)]
        self.listed: dict[str, str] = {}  # tags, as they were written last

    def go_on(self) -> None:
        """Run those of an earlier start that have not ended: a job that failed or was killed, or whose data have
        changed since, runs again."""
        ended = {} if self.sweep.rerun else self.sweep.own.pruned()
        finished = self.sweep.finished()  # some of them when they were run again
        jobs = [self.compose(trial.values) for trial in self.trials]
        for job in jobs:
            if job.fingerprint in ended and job.fingerprint not in finished:
                job.end_early(ended[job.fingerprint])
        self._run(self.trials, jobs)

    def draw(self, n: int) -> None:
        """Run n more."""
        jobs = [self.compose(values) for values in self.study.ask(n)]
        new = [Trial(job.given, job.fingerprint) for job in jobs]
        self.trials += new
        self._run(new, jobs)

    def _run(self, new: Sequence[Trial], jobs: Sequence[Job]) -> None:
        for trial, job in zip(new, jobs, strict=True):
            trial.job, trial.state = job.fingerprint, "RUNNING"
        self._list()  # before they run: the jobs read it, and a kill loses no trial
        self.sweep.run(jobs)
        for trial, job in zip(new, jobs, strict=True):
            self._tell(trial, job)
        self._list()

    def _tell(self, trial: Trial, job: Job) -> None:
        run = None if job.state in ("failed", "ended early") else self.sweep.run_of(job)
        if run:
            trial.state = "COMPLETE"
            self.study.tell(job.given, "COMPLETE", objective(self.plan, run))
        elif job.pruned_at is not None:
            trial.state, trial.steps = "PRUNED", job.pruned_at
            self.study.tell(job.given, "PRUNED", curve=self._costs(job))
        else:
            trial.state = "FAIL"
            self.study.tell(job.given, "FAIL")

    def _costs(self, job: Job) -> dict[int, float]:
        """What a job that was ended early has reported, by step."""
        goal, own = self.plan.objective, self.sweep.own
        assert goal
        run = own.jobs(f"tags.job = '{job.fingerprint}' and attributes.status = 'KILLED'")[0]
        curve = bulk.histories(own.store, [run.info.run_id], [goal.name])[run.info.run_id].get(goal.name, [])
        return {step: goal.cost({goal.name: value}) for step, value in curve}

    def _list(self) -> None:
        tags = trials.written(self.trials)
        self.sweep.own.tag({name: text for name, text in tags.items() if self.listed.get(name) != text})
        self.listed = tags
