"""Jobs by a launcher of Hydra's: in several processes, or on other machines."""

import logging
from collections.abc import Sequence
from functools import partial

from hydra.core.plugins import Plugins
from hydra.core.utils import JobReturn
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext
from omegaconf import DictConfig

from tracked.sweeps.combination import Combination
from tracked.sweeps.job import run_launched
from tracked.sweeps.plan import Plan
from tracked.sweeps.ray_workers import Ray
from tracked.sweeps.workers import Joblib, Slurm, SubmititLocal, Workers, require

WORKERS = {"joblib": Joblib, "ray": Ray, "submitit_local": SubmititLocal, "submitit_slurm": Slurm}


class ByLauncher:
    """Runs jobs of a sweep."""

    def __init__(self, plan: Plan, launcher: Launcher, workers: Workers) -> None:
        self.plan, self.launcher, self.workers = plan, launcher, workers

    def at_once(self) -> int:
        """How many jobs run at the same time. Starts or asks the workers, where only they know."""
        return self.workers.at_once()

    def prepare(self) -> None:
        """Nothing: a launcher starts its processes itself."""

    def __call__(self, jobs: Sequence[Combination], parent: str, first: int) -> list[str | None]:
        """Run jobs below the run `parent`, numbered from `first`; returns why each failed, if it did.

        Raises what the launcher raises, once no job runs any more: one dead process can lose what all others return.
        """
        lines = [[*job.overrides, *job.place(self.plan, parent).overrides()] for job in jobs]
        size = self.workers.most_launched() or len(lines)
        returned: list[JobReturn] = []
        try:
            self.workers.start()
            for start in range(0, len(lines), size):
                returned += self.launcher.launch(lines[start : start + size], initial_job_idx=first + start)
        except BaseException as error:
            self.workers.end()
            if "Traceback" in str(error) or "ray::" in str(error):  # of a worker, of which the last line says what
                raise RuntimeError(str(error).strip().splitlines()[-1]) from error
            raise
        return [_why(one) for one in returned]


def _why(returned: JobReturn) -> str | None:
    try:
        return returned.return_value
    except Exception as error:  # before the job itself began
        return f"{type(error).__name__}: {' '.join(str(error).split())}"


def chosen(choice: str, plan: Plan, config: DictConfig, context: HydraContext) -> ByLauncher:
    """The launcher hydra/launcher=`choice`. Raises UserError when it is not installed, or no job could run by it."""
    require(choice, config.hydra.launcher)
    if not config.hydra.verbose:  # launchers log each job with all its overrides, and the sweep tells how far it is
        logging.getLogger("hydra_plugins").setLevel(logging.WARNING)
    workers = WORKERS.get(choice, Workers)(config.hydra.launcher)
    task = partial(run_launched, workers.where(), plan.name)
    launcher = Plugins.instance().instantiate_launcher(hydra_context=context, task_function=task, config=config)
    return ByLauncher(plan, launcher, workers)
