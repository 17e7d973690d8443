"""What a sweep came to, in words: for its page, and for its run in MLflow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracked.goal import Goal
from tracked.messages import number
from tracked.secrets.masking import masked
from tracked.sweeps import comparison, repeats
from tracked.sweeps.job import Job, State
from tracked.sweeps.repeats import Repeats
from tracked.sweeps.values import only_seeds, title, without_seeds

LINKED = 10  # runs in MLflow's description


@dataclass
class SweepReport:
    """A sweep that has ended, or was interrupted."""

    title: str
    command: str  # that starts the sweep
    goal: Goal | None
    jobs: Sequence[Job]
    total: int  # jobs that it is to have
    best: list[Job]  # of the best settings, one for each seed; empty if there are none
    best_commands: dict[str, str]  # what runs the best settings, by what it does
    repeated: Repeats | None
    settings: Mapping[str, Any]  # that all jobs share
    pictures: Sequence[Path]
    run_id: str  # of the sweep
    experiment: str  # its id
    server: str | None  # the address of MLflow's server, if the runs are on one

    @property
    def finished(self) -> list[Job]:
        return [job for job in self.jobs if job.has_finished]

    def in_state(self, *states: State) -> list[Job]:
        return [job for job in self.jobs if job.state in states]

    @property
    def interrupted(self) -> str:
        """How far it is, if not to its end. The same command runs failed jobs again too."""
        if self.total == len(self.jobs) - len(self.in_state("not run")):
            return ""
        n = len(self.finished) + len(self.in_state("ended early"))
        return f"interrupted: {n} of {self.total}; the same command runs the other {self.total - n}"

    @property
    def counts(self) -> str:
        """How many jobs there are, and what became of those that are no result."""
        states: tuple[State, ...] = ("failed", "diverged", "ended early")
        n = {state: len(self.in_state(state)) for state in states}
        told = [f"{count} {state}" for state, count in n.items() if count]
        return ", ".join([f"{self.total} {'job' if self.total == 1 else 'jobs'}", *told])

    @property
    def reused(self) -> str:
        """How many jobs other sweeps had run."""
        n, of = sum(job.elsewhere for job in self.finished), len(self.finished)
        if not n:
            return ""
        told = "all jobs are" if n == of else f"{n} of {of} finished jobs are"
        return f"{told} runs of other sweeps, which had the same settings, code and data: their runs are below those"

    @property
    def verdict(self) -> str:
        """Which job is the best, and by what."""
        if not (jobs := self.finished):
            return "no job has finished"
        if not self.best and only_seeds(jobs[0].values):
            return "the jobs differ in the seed alone: what differs between them is chance"
        if not self.goal:
            return ""
        if not self.best:
            return f"none has a finite {self.goal.name}"
        values = self.best[0].values if len(self.best) == 1 else without_seeds(self.best[0].values)
        of_seeds = f", the mean of {len(self.best)} seeds," if len(self.best) > 1 else ""
        mean = comparison.mean_objective(self.best) * (1 if self.goal.direction == "min" else -1)
        which = title(values, comparison.digits(jobs))
        metric = comparison.headings(jobs).get(self.goal.name, self.goal.name)
        return f"the best {metric}{of_seeds} is {number(mean)}, with {which}"

    @property
    def chance(self) -> list[str]:
        """What can be told from chance, if seeds were swept."""
        if self.repeated:
            return repeats.verdict(self.repeated)
        return comparison.over_seeds(self.finished) if self.finished else []

    def path(self, run_id: str) -> str:
        """A run's page below the address of an MLflow server."""
        return f"#/experiments/{self.experiment}/runs/{run_id}"

    def markdown(self) -> str:
        """What a description in MLflow says, with links to runs, as those of other sweeps are not below this one's."""
        sentences = [text for text in (self.interrupted, self.counts, self.verdict, self.reused) if text]
        parts = [_code(" ".join(f"{text[0].upper()}{text[1:]}." for text in sentences))]
        parts += ["\n".join(f"- {_code(line)}" for line in self.chance)] if self.chance else []
        of_best = {job.run_id for job in self.best}
        lists = {
            "Best": [job for job in self.jobs if job.run_id in of_best],
            "Failed": self.in_state("failed"),
            "Of other sweeps": [job for job in self.finished if job.elsewhere],
        }
        parts += [f"{name}: {', '.join(self._linked(jobs))}" for name, jobs in lists.items() if jobs]
        return masked("\n\n".join(parts))

    def _linked(self, jobs: Sequence[Job]) -> list[str]:
        more = [f"and {len(jobs) - LINKED} more"] if len(jobs) > LINKED else []
        links = [
            f"[{_code(job.title)}]({self.path(job.run_id)})" if job.run_id else _code(job.title)
            for job in jobs[:LINKED]
        ]
        return [*links, *more]


def _code(text: str) -> str:
    """A text in which nothing is markup."""
    return f"`{text.replace('`', chr(39))}`"
