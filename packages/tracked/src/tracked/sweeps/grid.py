"""A sweep over every combination of the values given, as Hydra starts it."""

import os
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from hydra.core.override_parser.types import Override
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

from tracked.errors import UserError
from tracked.stages import lines
from tracked.sweeps import job_settings, launchers, make_job, overrides
from tracked.sweeps.job import Job
from tracked.sweeps.launchers import Launch
from tracked.sweeps.plan import Plan, planned
from tracked.waiting import waiting


class Grid(Sweeper):
    """Composes the jobs, and has them run."""

    config: DictConfig
    hydra_context: HydraContext

    def __init__(self, params: dict[str, Any] | None = None, objective: str | None = None, rerun: bool = False) -> None:
        """`params` are the values to vary, from a sweep's file; `objective` is the metric by which the best job is
        chosen, one of the project's goals, the first if None; `rerun` runs finished jobs again."""
        self.params, self.objective, self.rerun = params or {}, objective, rerun
        self.folders: dict[str, Job] = {}  # of the jobs so far

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        self.hydra_context, self.loader, self.config = hydra_context, hydra_context.config_loader, config
        self.name, _, in_place = task_function.args  # type: ignore[attr-defined]  # of `hydra_app.task`
        if in_place:
            raise UserError("--in-place runs one stage in this process: a sweep's jobs have a process of their own")

    def sweep(self, arguments: list[str]) -> None:
        plan, swept = self.plan(arguments)
        launch = self.launch(plan)
        combinations = list(overrides.combinations(swept, plan.together))
        with self.begun(len(combinations)):
            jobs = [self.make(plan, values) for values in combinations]

            from tracked.sweeps import results  # imports MLflow, for which a mistake in the command need not wait
            from tracked.sweeps.sweep import running

        self.refuse_shared_folders(jobs)
        with running(plan, launch, len(jobs), self.rerun, results.shared(plan, jobs)) as sweep:
            sweep.run(jobs)

    def plan(self, arguments: list[str]) -> tuple[Plan, list[Override]]:
        """What all jobs share, and what they differ in."""
        given = overrides.given(self.params, arguments, self.name, self.loader)
        swept = [override for override in given if override.is_sweep_override()]
        together = overrides.together(self.params, arguments, swept)
        return planned(self.name, self.config, self.loader, given, self.objective, together), swept

    def launch(self, plan: Plan) -> Launch:
        return launchers.chosen(plan, self.config, self.hydra_context, self.folder)

    def begun(self, n: int) -> AbstractContextManager[None]:
        """Give signs of life: it takes seconds to make the jobs' inputs and to open the store."""
        lines.show(f"{n} jobs: looking for those that have finished before", over=True)
        return waiting("Preparing the jobs")

    def make(self, plan: Plan, values: Mapping[str, str]) -> Job:
        return make_job.make(plan, values, self.config, self.loader)

    def folder(self, job: Job, number: int) -> str:
        """The folder of a job below the sweep's."""
        return job_settings.folder(self.config, self.loader, job.overrides, number)

    def refuse_shared_folders(self, jobs: Sequence[Job], first: int = 0) -> None:
        """Raises UserError when two jobs, numbered from `first`, would write to one folder."""
        for number, job in enumerate(jobs, first):
            folder = os.path.normpath(self.folder(job, number))
            if (other := self.folders.setdefault(folder, job)) is not job:
                told = f"hydra.sweep.subdir={folder!r} is one folder for {other.title} and {job.title}"
                raise UserError(f"{told}: leave it as it is by default, or name in it all that is swept")
