"""One job of a sweep, in the sweeping process or in one that Hydra's launcher started, here or elsewhere."""

import warnings
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from statistics import fmean
from typing import Any

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from tracked import declared, faults, interrupts, meanwhile
from tracked.project import WHOLE, Where, enter, here, project
from tracked.settings.loading import as_dict
from tracked.sweeps import driver, earlier, trainer
from tracked.sweeps.place import Place

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
    place = Place.of(here.sweeper)
    driver.end_with(place)
    if driver.has_nothing_to_do(place):
        return None
    return run_here(name, as_dict(composed), Path(here.runtime.output_dir), place)


def run_here(name: str, settings: dict[str, Any], folder: Path, place: Place) -> str | None:
    """Run a job in a folder; returns why it failed, if it did."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        declared.link_inputs(project().before(WHOLE) if name == WHOLE else [name], folder)
        if name == WHOLE:
            _pipeline(settings, folder, place)
        else:
            earlier.bring(name, earlier.shared(name, settings, place.stages, place.code), folder)
            _tracked(name, settings, folder, place)
    except Exception as error:  # a job that fails does not stop the others
        return faults.keep(faults.of(error), folder / faults.FILE)
    return None


def _tracked(stage: str, settings: dict[str, Any], folder: Path, place: Place) -> Mapping[str, float]:
    """Run a stage, tracked. Returns its metrics, of those reported the last."""
    from tracked.runs.run import stage_run  # slow to import: the jobs are composed before
    from tracked.runs.store import Store

    with stage_run(Store.at(here().root), stage, settings, place.parent, place.tags(), place.title, kept=False) as run:
        outcome, reported = trainer.run(stage, settings, folder, run.own)
        for step, metrics in reported:
            run.report(step, metrics)
        meanwhile.same_code(place.stages, place.code)
        run.log(outcome, folder)
    return {**outcome.figures, **(reported[-1][1] if reported else {})}


def _pipeline(settings: dict[str, Any], folder: Path, place: Place) -> None:
    """Run all stages below one run, which gets the means of what the trainings report, for sweeps to choose by: the
    metrics of the goals, and without goals all."""
    from tracked.runs.run import stage_run
    from tracked.runs.store import Store

    with stage_run(
        Store.at(here().root), "pipeline", settings, place.parent, place.tags(), place.title, kept=False
    ) as run:
        found = {
            stage: _tracked(stage, settings, folder, place.below(run.run_id, stage))
            for stage in project().before(WHOLE)
        }
        names = [goal.name for goal in project().goals] or dict.fromkeys(chain(*found.values()))
        known = {name: [metrics[name] for metrics in found.values() if name in metrics] for name in names}
        run.report(1, {name: fmean(values) for name, values in known.items() if values})
