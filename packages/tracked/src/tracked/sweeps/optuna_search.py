"""A search for the smallest objective, as Hydra starts it.

Not the plugin of Hydra's own: it needs an Optuna below 3, whose studies can't be kept on disk with today's SQLAlchemy.
"""

from typing import Any

from tracked.errors import UserError
from tracked.project import here
from tracked.sweeps.grid import Grid


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
    ) -> None:
        """The same search again goes on to `n_trials` in all; `seed` draws the values. `at_once` trials are asked for
        at a time: as many as the launcher runs beside each other, if it is None.

        Raises UserError for a number that is out of range.
        """
        for name, value, least in (("n_trials", n_trials, 1), ("at_once", at_once, 1), ("seed", seed, 0)):
            if not (type(value) is int and least <= value < 2**32) and not (name == "at_once" and value is None):
                raise UserError(
                    f"hydra.sweeper.{name}={value} is not allowed: it must be a whole number from {least} on"
                )
        super().__init__(params, objective, rerun)
        self.n_trials, self.at_once, self.seed = n_trials, at_once, seed

    def sweep(self, arguments: list[str]) -> None:
        from tracked.sweeps.combination import Combination, composed
        from tracked.sweeps.overrides import corners
        from tracked.sweeps.results import objective, shared
        from tracked.sweeps.study import Study
        from tracked.sweeps.sweep import running

        plan, swept = self.planned(arguments)
        if plan.objective is None:
            raise UserError(
                'nothing to search for: name a metric in Project(...), as in goals=[Goal("val_rmse", "min")]'
            )
        launch = self.launch(plan)
        study = Study(here().root / "studies" / f"{plan.key}.log", swept, self.seed)
        loader = self.hydra_context.config_loader
        earlier = []
        for values, fingerprint in study.earlier():
            earlier.append(composed(plan, values, self.config, loader))
            earlier[-1].fingerprint = fingerprint
        settings = shared(plan, [composed(plan, values, self.config, loader) for values in corners(swept)])

        def ask() -> list[Combination]:
            n = max(0, min(self.at_once or launch.at_once(), study.left(self.n_trials)))
            return [self.composed(plan, values) for values in study.ask(n)]

        jobs = ask()  # a key that is not there is refused before anything is tracked
        with running(plan, launch, study.total(self.n_trials), self.rerun, settings) as sweep:
            sweep.count_in(earlier)
            while jobs:
                self.refuse_shared_folders(jobs, len(sweep.jobs))
                sweep.run(jobs)
                runs = [None if job.why else sweep.run_of(job) for job in jobs]
                told = [None if run is None else objective(plan, run) for run in runs]
                study.tell(list(zip([job.fingerprint for job in jobs], told, strict=True)))
                jobs = ask()
