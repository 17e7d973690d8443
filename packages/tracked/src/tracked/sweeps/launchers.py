"""Hydra's launchers by name, each with what its workers need."""

from functools import partial

from hydra.core.plugins import Plugins
from hydra.types import HydraContext
from omegaconf import DictConfig

from tracked.sweeps.by_launcher import ByLauncher
from tracked.sweeps.job import run_launched
from tracked.sweeps.plan import Plan
from tracked.sweeps.ray_workers import Ray
from tracked.sweeps.workers import Joblib, Slurm, SubmititLocal, Workers, require

WORKERS = {"joblib": Joblib, "ray": Ray, "submitit_local": SubmititLocal, "submitit_slurm": Slurm}


def chosen(choice: str, plan: Plan, config: DictConfig, context: HydraContext) -> ByLauncher:
    """The launcher hydra/launcher=`choice`. Raises UserError when it is not installed, or no job could run by it."""
    require(choice, config.hydra.launcher)
    workers = WORKERS.get(choice, Workers)(config.hydra.launcher)
    task = partial(run_launched, workers.where(), plan.name)
    launcher = Plugins.instance().instantiate_launcher(hydra_context=context, task_function=task, config=config)
    return ByLauncher(plan, launcher, workers)
