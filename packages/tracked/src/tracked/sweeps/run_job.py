"""Runs a job of a sweep, in the sweeping process or in one that Hydra's launcher started, here or elsewhere.

A child computes, and is kept for the next jobs: most of what they import is imported once. It is renewed now and then:
some libraries keep memory of every training (TensorFlow 4 MiB), and only the end of a process gives it back.
"""

import warnings
from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import Path
from statistics import fmean
from typing import Any

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from tracked import faults
from tracked.dvc import declared, meanwhile
from tracked.outcome import Pruned
from tracked.project import WHOLE, Where, enter, here, per_project, project
from tracked.runs import MEAN_OF
from tracked.runs.active import StageRun
from tracked.runs.result import Result
from tracked.settings.loading import as_dict
from tracked.settings.settings import Settings
from tracked.stages.child import Child
from tracked.stages.computing import OnStep
from tracked.store import interrupts
from tracked.sweeps import driver, earlier
from tracked.sweeps.ticket import Ticket

GROWTH = 100 * 2**20  # bytes by which a process may grow after its first stage

# Workers compose before they call: a preset of a launcher bears the name of its schema, or it would have two names.
warnings.filterwarnings("ignore", r"\s*'hydra/(launcher|sweeper)/.*is validated against ConfigStore", UserWarning)


def run_launched(where: Where | None, name: str, composed: DictConfig) -> str | None:
    """What Hydra's launchers call, wherever they run the job; returns why it failed, if it did.

    An exception would not do: not every one survives the way from process to process. `where` is None where the
    worker entered the project when it started.
    """
    if where is not None:
        enter(where)
    interrupts.install()
    here = HydraConfig.get()
    ticket = Ticket.read(here.sweeper)
    driver.end_with(ticket)
    if driver.has_nothing_to_do(ticket):
        return None
    return run_here(name, Settings(as_dict(composed)), Path(here.runtime.output_dir), ticket)


def run_here(name: str, settings: Settings, folder: Path, ticket: Ticket) -> str | None:
    """Run a job in a folder; returns why it failed, if it did. Of one that was ended early its run says so."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        declared.link_inputs(project().before(WHOLE) if name == WHOLE else [name], folder)
        if name == WHOLE:
            _pipeline(settings, folder, ticket)
        else:
            earlier.bring(name, earlier.shared(name, settings, ticket.stages, ticket.code), folder)
            _tracked(name, settings, folder, ticket)
    except Pruned:
        return None
    except SystemExit as end:
        return f"it called sys.exit({end.code!r})"
    except Exception as error:  # a job that fails does not stop the others
        return faults.keep(faults.of(error), folder / faults.FILE)
    return None


def _tracked(stage: str, settings: Settings, folder: Path, ticket: Ticket) -> Mapping[str, float]:
    """Run a stage, tracked. Returns its metrics, of those reported the last. Raises Pruned when it was ended early."""
    from tracked.runs.run import stage_run  # slow to import: the jobs are composed before
    from tracked.store.store import Store

    store = Store.at(here().root)
    with stage_run(store, stage, settings.plain, ticket.parent, ticket.tags(), ticket.title, keeps=False) as run:
        judge = _judge(store, ticket, run.flush) if ticket.pruner and ticket.job else None

        def on_step(step: int, metrics: Mapping[str, float]) -> bool:
            run.report(step, metrics)
            return judge is not None and judge.is_poor(step, metrics)

        result = _computed(stage, settings.plain, folder, run.active_run, on_step, asks=judge is not None)
        meanwhile.same_code(ticket.stages, ticket.code)
        run.log(result, folder, child())
    return {**result.metrics, **(run.steps[-1] if run.steps else {})}


def _judge(store: Any, ticket: Ticket, publish: Callable[[], None]) -> Any:
    from tracked.sweeps.pruning import Judge  # few searches prune

    return Judge(store, ticket, publish)


def _pipeline(settings: Settings, folder: Path, ticket: Ticket) -> None:
    """Run all stages below one run, which gets the means of what the trainings report, for sweeps to choose by: the
    metrics of the goals, and without goals all."""
    from tracked.runs.run import stage_run
    from tracked.store.store import Store

    with stage_run(
        Store.at(here().root), "pipeline", settings.plain, ticket.parent, ticket.tags(), ticket.title, keeps=False
    ) as run:
        found = {
            stage: _tracked(stage, settings, folder, ticket.below(run.run_id, stage))
            for stage in project().before(WHOLE)
        }
        names = [goal.name for goal in project().goals] or dict.fromkeys(chain(*found.values()))
        known = {name: [metrics[name] for metrics in found.values() if name in metrics] for name in names}
        run.report(1, {name: fmean(values) for name, values in known.items() if values})
        of = [project().model(stage) or stage for stage, metrics in found.items() if known.keys() & metrics.keys()]
        run.batch.add_tags({MEAN_OF: ", ".join(of)} if len(of) > 1 else {})


@per_project
def child() -> Child:
    """The process that computes the jobs of this one."""
    return Child()


def start_child(stages: list[str]) -> None:
    """Start the process, while this one has other things to do."""
    child().prepare(stages)


def _computed(
    stage: str, settings: dict[str, Any], folder: Path, active_run: StageRun, on_step: OnStep, asks: bool
) -> Result:
    """Run a stage, as `Child.run`. The next job gets a new process if this one has died, or has grown."""
    try:
        child().begin(stage, settings, folder, keeps=False, asks=asks)
        result = child().run(active_run, on_step)
        if child().grown() > GROWTH:
            child().close()
    finally:
        if child().has_ended:
            child.cache_clear()
    return result
