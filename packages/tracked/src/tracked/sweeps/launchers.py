"""How jobs are run: in this process, or by a launcher of Hydra's, in several processes or on other machines."""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from hydra.core.plugins import Plugins
from hydra.core.utils import JobReturn
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext
from omegaconf import DictConfig

from tracked.sweeps.job import Job
from tracked.sweeps.make_job import ticket
from tracked.sweeps.plan import Plan
from tracked.sweeps.ray_workers import Ray
from tracked.sweeps.run_job import run_here, run_launched, start_child
from tracked.sweeps.workers import Joblib, Slurm, SubmititLocal, Workers, require

BASIC = "basic"  # Hydra's own launcher, whose work this process does itself
WORKERS = {"joblib": Joblib, "ray": Ray, "submitit_local": SubmititLocal, "submitit_slurm": Slurm}


class Launch(Protocol):
    """How jobs are run."""

    def at_once(self) -> int:
        """How many jobs run at the same time."""

    def prepare(self) -> None:
        """Get ready: there will be jobs."""

    def __call__(self, jobs: Sequence[Job], parent: str, first: int) -> list[str | None]:
        """Run jobs below the run `parent`, numbered from `first`; returns why each failed, if it did."""


class InProcess:
    """Runs jobs in this process, one after the other. Hydra's basic launcher would compose each once more."""

    def __init__(self, plan: Plan, folder: Callable[[Job, int], str]) -> None:
        """`folder` names the folder of a job, of which it gets the number, below the sweep's."""
        self.plan, self.folder = plan, folder

    def at_once(self) -> int:
        return 1

    def prepare(self) -> None:
        """Have the process of the trainings import what they need, while the store is asked for other jobs."""
        start_child(self.plan.stages)

    def __call__(self, jobs: Sequence[Job], parent: str, first: int) -> list[str | None]:
        return [
            run_here(
                self.plan.name,
                job.settings,
                self.plan.folder / self.folder(job, number),
                ticket(job, self.plan, parent),
            )
            for number, job in enumerate(jobs, first)
        ]


class ByLauncher:
    """Runs jobs by a launcher of Hydra's."""

    def __init__(self, plan: Plan, launcher: Launcher, workers: Workers) -> None:
        self.plan, self.launcher, self.workers = plan, launcher, workers

    def at_once(self) -> int:
        """Starts or asks the workers, where only they know."""
        return self.workers.at_once()

    def prepare(self) -> None:
        """Nothing: a launcher starts its processes itself."""

    def __call__(self, jobs: Sequence[Job], parent: str, first: int) -> list[str | None]:
        """Raises what the launcher raises, when no job runs any more: one dead process can lose what others return."""
        lines = [[*job.overrides, *ticket(job, self.plan, parent).overrides()] for job in jobs]
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


def chosen(plan: Plan, config: DictConfig, context: HydraContext, folder: Callable[[Job, int], str]) -> Launch:
    """As hydra/launcher says. `folder` names the folder of a job, by its number, below the sweep's.

    Raises UserError when the launcher is not installed, or no job could run by it.
    """
    choice = config.hydra.runtime.choices["hydra/launcher"]
    if choice == BASIC:
        return InProcess(plan, folder)
    require(choice, config.hydra.launcher)
    if not config.hydra.verbose:  # launchers log each job with all its overrides, and the sweep tells how far it is
        logging.getLogger("hydra_plugins").setLevel(logging.WARNING)
    workers = WORKERS.get(choice, Workers)(config.hydra.launcher)
    task = partial(run_launched, workers.where(), plan.name)
    launcher = Plugins.instance().instantiate_launcher(hydra_context=context, task_function=task, config=config)
    return ByLauncher(plan, launcher, workers)
