"""A search for the smallest objective, as Hydra starts it.

Not the plugin of Hydra's own: it needs an Optuna below 3, and starts anew when it was cut off.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from omegaconf import OmegaConf

from tracked.errors import UserError
from tracked.project import WHOLE
from tracked.sweeps import make_job
from tracked.sweeps.grid import Grid
from tracked.sweeps.job import Job
from tracked.sweeps.overrides import corners
from tracked.sweeps.plan import Plan

PRUNERS = {"median": "optuna.pruners.MedianPruner"}


class Optuna(Grid):
    """Asks Optuna for each job's values, and tells it what came of them."""

    def __init__(
        self,
        params: dict[str, Any] | None = None,
        objective: str | None = None,
        rerun: bool = False,
        n_trials: int = 40,
        at_once: int | None = None,
        seed: int = 0,
        pruner: Any = None,
    ) -> None:
        """The same search again goes on to `n_trials` in all; `seed` draws the values. `at_once` trials are asked for
        at a time: as many as the launcher runs beside each other, if it is None. `pruner` is one of Optuna's, which
        ends poor jobs early.

        Raises UserError for a number that is out of range.
        """
        for name, value, least in (("n_trials", n_trials, 1), ("at_once", at_once, 1), ("seed", seed, 0)):
            if not (type(value) is int and least <= value < 2**32) and not (name == "at_once" and value is None):
                raise UserError(
                    f"hydra.sweeper.{name}={value} is not allowed: it must be a whole number from {least} on"
                )
        super().__init__(params, objective, rerun)
        self.n_trials, self.at_once, self.seed, self.pruner = n_trials, at_once, seed, pruner

    def sweep(self, arguments: list[str]) -> None:
        from tracked.sweeps.results import shared  # these import MLflow and Optuna: not at each start of a grid
        from tracked.sweeps.search import Search
        from tracked.sweeps.study import Study
        from tracked.sweeps.sweep import running

        plan, swept = self.plan(arguments)
        if plan.objective is None:
            raise UserError(
                'nothing to search for: name a metric in Project(...), as in goals=[Goal("val_rmse", "min")]'
            )
        plan = replace(plan, pruner=self._pruner(plan))
        launch = self.launch(plan)
        study = Study(swept, self.seed)
        total = study.most(self.n_trials)
        with self.begun(total):  # a key that is not there is refused here, before anything is tracked
            some = [make_job.compose(plan, values, self.config, self.loader) for values in corners(swept)]
            settings = shared(plan, some)

        def compose(values: Mapping[str, str]) -> Job:
            job = self.make(plan, values)
            self.refuse_shared_folders([job], len(self.folders))
            return job

        with running(plan, launch, total, self.rerun, settings) as sweep:
            search = Search(plan, study, sweep, compose)
            sweep.progress.total = max(total, len(search.trials))
            search.go_on()
            while (left := total - len(search.trials)) > 0:
                search.draw(min(self.at_once or launch.at_once(), left))

    def _pruner(self, plan: Plan) -> dict[str, Any] | None:
        """The settings of the pruner, for the processes of the jobs. Raises UserError where none can be used."""
        if self.pruner is None:
            return None
        from optuna.pruners import BasePruner

        if plan.name == WHOLE:
            raise UserError(
                "hydra.sweeper.pruner ends a stage early by what it reports: search a stage, not the whole pipeline"
            )
        if isinstance(self.pruner, str) and self.pruner in PRUNERS:
            return {"_target_": PRUNERS[self.pruner]}
        if not isinstance(self.pruner, BasePruner):
            raise UserError(
                f"hydra.sweeper.pruner={self.pruner} is not allowed: it must be {' or '.join(PRUNERS)}, or one of "
                "Optuna's by its class, as in {_target_: optuna.pruners.HyperbandPruner, max_resource: 100}"
            )
        return OmegaConf.to_container(self.config.hydra.sweeper.pruner, resolve=True)  # type: ignore[return-value]
