"""One job of a sweep, in the sweeping process or in one that Hydra's launcher started, here or elsewhere."""

import traceback
from collections.abc import Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from tracked import interrupts
from tracked.project import ROOT, WHOLE, project
from tracked.settings.loading import as_dict
from tracked.settings.validation import validate
from tracked.stages import earlier
from tracked.stages.lines import is_for_the_user
from tracked.sweeps import trainer
from tracked.sweeps.place import Place


def run_job(name: str, composed: DictConfig, folder: Path) -> str | None:
    """What Hydra calls for a job that its launcher started; returns why it failed, if it did.

    An exception would not do: not every one survives the way from process to process.
    """
    interrupts.install()
    return run_here(name, as_dict(composed), folder, Place.of(HydraConfig.get().sweeper))


def run_here(name: str, settings: dict[str, Any], folder: Path, place: Place) -> str | None:
    """Run a job in a folder; returns why it failed, if it did."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if name == WHOLE:
            _pipeline(settings, folder, place)
        else:
            earlier.bring(name, earlier.shared(name, settings, validate(settings, "settings")), folder)
            _tracked(name, settings, folder, place.parent, place.tags(), place.title)
    except Exception as error:  # a job that fails does not stop the others
        text = " ".join(str(error).split())
        if is_for_the_user(error):
            return text
        (folder / "error.log").write_text(traceback.format_exc())
        return f"{type(error).__name__}: {text} ({folder}/error.log)"
    return None


def _tracked(
    stage: str, settings: dict[str, Any], folder: Path, parent: str, tags: Mapping[str, str], title: str
) -> float | None:
    """Run a stage, tracked. Returns the last value reported of what sweeps minimise, if it reports any."""
    from tracked.runs.run import stage_run  # slow to import: the jobs are composed before
    from tracked.runs.store import Store

    with stage_run(Store.at(ROOT), stage, settings, parent, tags, title, kept=False) as run:
        outcome, reported = trainer.run(stage, settings, folder)
        for epoch, epochs, figures in reported:
            run.report(epoch, epochs, figures)
        run.log(outcome, folder)
    return reported[-1][2].get(project().objective) if reported else None


def _pipeline(settings: dict[str, Any], folder: Path, place: Place) -> None:
    """Run all stages below one run, which gets the mean of what the trainings minimise."""
    from tracked.runs.run import stage_run
    from tracked.runs.store import Store

    with stage_run(Store.at(ROOT), "pipeline", settings, place.parent, place.tags(), place.title, kept=False) as run:
        found = [
            _tracked(stage, settings, folder, run.run_id, {"command": place.command}, stage)
            for stage in project().before(WHOLE)
        ]
        run.report(1, 1, {project().objective: fmean(value for value in found if value is not None)})
