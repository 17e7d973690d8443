"""Hydra's sweepers for tracked, resumable sweeps. Hydra imports this at every start: so nothing slow above."""

import os
from collections.abc import Sequence
from typing import Any

from hydra._internal.core_plugins.basic_launcher import BasicLauncher
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, OverrideType
from hydra.core.plugins import Plugins
from hydra.plugins.launcher import Launcher
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from digitrack.errors import UserError

TRAININGS = ("train_keras", "train_numpy")
BATCH = 64  # jobs handed to the launcher at once, which keeps the whole configuration of each


class Grid(Sweeper):
    """Runs every combination of the values given."""

    config: DictConfig
    hydra_context: HydraContext
    launcher: Launcher

    def __init__(self, params: dict[str, Any] | None, rerun: bool) -> None:
        self.params, self.rerun = params or {}, rerun

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        self.config, self.hydra_context, self.task_function = config, hydra_context, task_function
        self.launcher = Plugins.instance().instantiate_launcher(
            hydra_context=hydra_context, task_function=task_function, config=config
        )

    def overrides(self, arguments: list[str]) -> list[Override]:
        """What the sweep's file and the command line set, but for the training that does not run."""
        name = self.config.hydra.job.name
        others = [other for other in TRAININGS if name in TRAININGS and other != name]
        lines = [f"{k}={v}" for k, v in self.params.items() if not str(k).startswith(tuple(others))]
        parser = OverridesParser.create(config_loader=self.hydra_context.config_loader)
        given = {override.get_key_element(): override for override in parser.parse_overrides([*lines, *arguments])}
        return list(given.values())

    def vary(self, overrides: list[Override]) -> list[Override]:
        """Those that give several values."""
        swept = [override for override in overrides if override.is_sweep_override()]
        self.swept = [override.get_key_element() for override in swept]
        return swept

    def sweep(self, arguments: list[str]) -> None:
        from pipeline import sweep

        overrides = self.overrides(arguments)
        swept = self.vary(overrides)
        jobs = BasicSweeper.split_arguments(overrides, None)[0]
        self.composed(jobs[0])  # a key that is not there is refused before anything is tracked
        with sweep.Sweep(self.config, swept, arguments, len(jobs), self.rerun):
            for start in range(0, len(jobs), BATCH):
                self.launch(jobs[start : start + BATCH], start)

    def launch(self, jobs: Sequence[Sequence[str]], first: int) -> None:
        """Run jobs, numbered from `first`, by Hydra's launcher if it is another than the basic one."""
        if not isinstance(self.launcher, BasicLauncher):
            self.launcher.launch(jobs, initial_job_idx=first)
            return
        from pipeline import sweep

        for number, job in enumerate(jobs, first):
            sweep.run_here(self.composed(job), number, job, self.task_function)

    def composed(self, job: Sequence[str]) -> DictConfig:
        """The settings of a job.

        Hydra composes each job from all files, which takes as long as a short training; where a job differs from
        the others only in values, they are put into the composition that there is.
        """
        loader: Any = self.hydra_context.config_loader
        given = OverridesParser.create(config_loader=loader).parse_overrides(list(job))
        changes = [override for override in given if override.get_key_element() in self.swept]
        if any(change.type != OverrideType.CHANGE or loader.repository.group_exists(change.key_or_group)
               for change in changes):  # fmt: skip
            return loader.load_sweep_config(self.config, list(job))
        settings = OmegaConf.masked_copy(self.config, [str(key) for key in self.config if key != "hydra"])
        OmegaConf.set_struct(settings, True)
        for change in changes:
            try:
                OmegaConf.update(settings, change.key_or_group, change.value())
            except OmegaConfBaseException:
                raise UserError(f"{change.key_or_group}: there is no such setting") from None
        return settings


class Optuna(Grid):
    """Asks Optuna for each job's values, and tells it the validation loss.

    Not the plugin of Hydra's own: it needs an Optuna below 3, whose studies can't be kept on disk with today's
    SQLAlchemy.
    """

    def __init__(self, params: dict[str, Any] | None, rerun: bool, n_trials: int, seed: int) -> None:
        super().__init__(params, rerun)
        self.n_trials, self.seed = n_trials, seed

    def sweep(self, arguments: list[str]) -> None:
        from pipeline import search, sweep

        overrides = self.overrides(arguments)
        swept = self.vary(overrides)
        fixed = [f"{o.get_key_element()}={o.get_value_element_as_str()}" for o in overrides if o not in swept]
        n_parallel = self.config.hydra.launcher.get("n_jobs", 1)
        n_parallel = os.cpu_count() or 1 if n_parallel == -1 else n_parallel
        with sweep.Sweep(self.config, swept, arguments, self.n_trials, self.rerun) as running:
            study = search.Study(running.study, swept, self.seed)
            running.note(*study.earlier())
            number = 0
            while (left := study.left(self.n_trials)) > 0:
                values = study.ask(min(n_parallel, left))
                self.launch([[*fixed, *(f"{k}={v}" for k, v in trial.items())] for trial in values], number)
                study.tell(running.notes(range(number, number + len(values))))
                number += len(values)
