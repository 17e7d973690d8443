"""A sweep over every combination of the values given, as Hydra starts it."""

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hydra.core.override_parser.types import Override
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

from tracked.errors import UserError

if TYPE_CHECKING:
    from tracked.sweeps.combination import Combination
    from tracked.sweeps.plan import Plan
    from tracked.sweeps.sweep import Launch

IN_PROCESS = "basic"  # Hydra's own launcher, whose work this does itself


class Grid(Sweeper):
    """Hydra imports this at every start: what is slow is imported when a sweep runs."""

    config: DictConfig
    hydra_context: HydraContext

    def __init__(self, params: dict[str, Any] | None = None, objective: str | None = None, rerun: bool = False) -> None:
        """`params` are the values to vary, from a sweep's file; `objective` is the metric by which the best job is
        chosen, one of the project's goals, the first if None; `rerun` runs finished jobs again."""
        self.params, self.objective, self.rerun = params or {}, objective, rerun
        self.folders: dict[str, Combination] = {}  # of the jobs so far

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        self.hydra_context, self.config = hydra_context, config
        self.name: str = task_function.args[0]  # type: ignore[attr-defined]  # of `hydra_app.task`

    def sweep(self, arguments: list[str]) -> None:
        from tracked.sweeps.overrides import combinations

        plan, swept = self.planned(arguments)
        launch = self.launch(plan)
        jobs = [self.composed(plan, values) for values in combinations(swept, plan.together)]  # or refused

        from tracked.sweeps import results
        from tracked.sweeps.sweep import running

        self.refuse_shared_folders(jobs)
        with running(plan, launch, len(jobs), self.rerun, results.shared(plan, jobs)) as sweep:
            sweep.run(jobs)

    def planned(self, arguments: list[str]) -> tuple["Plan", list[Override]]:
        """What all jobs share, and what they differ in."""
        from tracked.sweeps import overrides, plan

        given = overrides.given(self.params, arguments, self.name, self.hydra_context.config_loader)
        swept = [override for override in given if override.is_sweep_override()]
        together = overrides.together(self.params, arguments, swept)
        loader = self.hydra_context.config_loader
        return plan.plan(self.name, self.config, loader, given, self.objective, together), swept

    def composed(self, plan: "Plan", values: Mapping[str, str]) -> "Combination":
        from tracked.sweeps.combination import compose

        return compose(plan, values, self.config, self.hydra_context.config_loader)

    def folder(self, job: "Combination", number: int) -> str:
        """The folder of a job below the sweep's."""
        from tracked.sweeps import composing

        return composing.folder(self.config, self.hydra_context.config_loader, job.overrides, number)

    def refuse_shared_folders(self, jobs: Sequence["Combination"], first: int = 0) -> None:
        """Raises UserError when two jobs, numbered from `first`, would write to one folder."""
        for number, job in enumerate(jobs, first):
            folder = os.path.normpath(self.folder(job, number))
            if (other := self.folders.setdefault(folder, job)) is not job:
                told = f"hydra.sweep.subdir={folder!r} is one folder for {other.title} and {job.title}"
                raise UserError(f"{told}: leave it as it is by default, or name in it all that is swept")

    def launch(self, plan: "Plan") -> "Launch":
        """How jobs are run: by Hydra's launcher, if it is another than the basic one."""
        from tracked.sweeps import launchers
        from tracked.sweeps.in_process import InProcess

        choice = self.config.hydra.runtime.choices["hydra/launcher"]
        if choice == IN_PROCESS:
            return InProcess(plan, self.folder)
        return launchers.chosen(choice, plan, self.config, self.hydra_context)
