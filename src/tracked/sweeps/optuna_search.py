"""A search for the smallest objective, as Hydra starts it.

Not the plugin of Hydra's own: it needs an Optuna below 3, whose studies can't be kept on disk with today's SQLAlchemy.
"""

import os
from typing import Any

from tracked.project import ROOT
from tracked.sweeps.grid import Grid


class Optuna(Grid):
    """Asks Optuna for each job's values, and tells it what came of them."""

    def __init__(self, params: dict[str, Any] | None, rerun: bool, n_trials: int, seed: int) -> None:
        """The same search again goes on to `n_trials` in all; `seed` draws the values."""
        super().__init__(params, rerun)
        self.n_trials, self.seed = n_trials, seed

    def sweep(self, arguments: list[str]) -> None:
        from tracked.sweeps.combination import Combination
        from tracked.sweeps.results import objective
        from tracked.sweeps.study import Study
        from tracked.sweeps.sweep import running

        plan, swept = self.planned(arguments)
        study = Study(ROOT / "studies" / f"{plan.key}.log", swept, self.seed)
        earlier = [Combination(values, [], "", {}, job) for values, job in study.earlier()]

        def ask() -> list[Combination]:
            n = max(0, min(self._at_once(), study.left(self.n_trials)))
            return [self.composed(plan, values) for values in study.ask(n)]

        launch, jobs = self.launch(plan), ask()  # a key that is not there is refused before anything is tracked
        with running(plan, launch, self.n_trials, self.rerun) as sweep:
            sweep.count_in(earlier)
            while jobs:
                sweep.run(jobs)
                runs = [None if job.why else sweep.run_of(job) for job in jobs]
                told = [None if run is None else objective(run) for run in runs]
                study.tell(list(zip([job.fingerprint for job in jobs], told, strict=True)))
                jobs = ask()

    def _at_once(self) -> int:
        n = self.config.hydra.launcher.get("n_jobs", 1)
        return os.cpu_count() or 1 if n == -1 else n
