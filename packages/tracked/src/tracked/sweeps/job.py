"""One job of a sweep: what is known of it before it runs, and what became of it."""

import math
from dataclasses import dataclass, field
from typing import Literal

from tracked.settings.settings import Settings

State = Literal["not run", "done", "diverged", "ended early", "failed"]


@dataclass
class Job:
    """A job, which the sweep makes, runs and compares."""

    values: dict[str, str]  # of the swept keys, for people: those that go side by side are one
    given: dict[str, str]  # the same as Hydra writes them, key by key
    settings: Settings
    title: str
    command: str  # that runs the job alone
    overrides: list[str] = field(default_factory=list)  # all of them, for Hydra
    fingerprint: str = ""  # of the settings that the job reads, its data and its code; none if it is refused

    # What became of it.
    state: State = "not run"
    why: str = ""  # it has no result
    pruned_at: int | None = None  # the step at which it was ended early
    run_id: str = ""  # "" if it left no run
    elsewhere: bool = False  # its run is below another sweep, which had the same job
    seconds: float | None = None  # that its run took
    objective: float = math.inf  # the best job has least of it; inf if the training diverged
    metrics: dict[str, float] = field(default_factory=dict)
    curves: dict[str, list[float]] = field(default_factory=dict)  # by name, a value a step
    mean_of: str = ""  # the models that a whole pipeline's metrics without a model are the means of

    @property
    def has_finished(self) -> bool:
        """Whether there is a result."""
        return self.state in ("done", "diverged")

    @property
    def diverged(self) -> bool:
        return self.state == "diverged"

    def fail(self, why: str) -> None:
        self.state, self.why = "failed", why

    def end_early(self, step: int) -> None:
        self.state, self.pruned_at, self.why = "ended early", step, f"ended early at step {step}"
