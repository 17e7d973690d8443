"""The end of a run that went well: what the stage came to, written to the store in steps.

A step that failed, as the store was gone, is where the next try goes on. So a step can be taken twice, but for `once`.
"""

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from tracked.project import project
from tracked.runs import datasets, evaluation, models, trained
from tracked.runs.configuration_page import ConfigurationPage
from tracked.runs.evaluation import Evaluation
from tracked.runs.result import Computer
from tracked.store import interrupts

if TYPE_CHECKING:
    from tracked.runs.run import TrackedRun


@dataclass
class Ending:
    """A run, where its stage has run, and what waits for the stage's pictures."""

    run: "TrackedRun"
    computer: Computer
    drawn: Callable[[], object]

    @cached_property
    def evaluation(self) -> Evaluation | None:
        """What the stage found about models, if it is an evaluation."""
        run = self.run
        if not run.result.evaluated:
            return None
        return Evaluation(run.store, run.folder, run.result.evaluated, run.identity.get(trained.DATA, ""))

    def once(self, name: str, take: Callable[[], object]) -> None:
        """Take a step, or a part of one, unless it was taken before."""
        if name not in self.run.done:
            take()
            self.run.done.append(name)


def log(ending: Ending) -> str:
    """Take the steps that are not done. What is to be told at last, or ""."""
    for step in OF_CONFIGURATION if ending.run.keeps else OF_JOB:
        interrupts.check()
        ending.once(step.__name__, partial(step, ending))
    return told(ending) if ending.run.keeps and ending.evaluation else ""


def equal(ending: Ending) -> None:
    """What was found about an equal model holds for a training, too."""
    run = ending.run
    if trained.MODEL in run.identity:
        own = {**run.result.metrics, **(run.steps[-1] if run.steps else {})}
        run.batch.add_metrics(evaluation.found_before(run.store, run.identity, own))


def trainings(ending: Ending) -> None:
    """The metrics of evaluated models, on the runs that trained them."""
    if ending.evaluation:
        ending.evaluation.show_on_trainings()


def parent(ending: Ending) -> None:
    """The same on the run of a job that is the whole pipeline."""
    if ending.evaluation:
        ending.run.store.log(ending.run.parent, evaluation.flat(ending.run.result.evaluated))


def gathered(ending: Ending) -> None:
    """The run's own metrics, parameters and tags."""
    ending.run.flush()


def page(ending: Ending) -> None:
    """What belongs on the page of the configuration."""
    run = ending.run
    model = project().model(run.stage)
    if model is None and ending.evaluation is None:
        return
    shown = ConfigurationPage(run.store, run.parent)
    if ending.evaluation:
        ending.evaluation.show_on(shown, run.settings, run.tags)
    elif model:
        known = chain(run.result.metrics.values(), *(step.values() for step in run.steps))
        shown.add_training(model, run.steps, run.result.metrics, diverged=not all(map(math.isfinite, known)))
        shown.add_best({})
    shown.send()


def inputs(ending: Ending) -> None:
    """The data that the stage tells of."""
    if found := ending.run.result.datasets:
        ending.run.store.client.log_inputs(ending.run.run_id, datasets.inputs(found))


def images(ending: Ending) -> None:
    """The images, each once, by name and number: MLflow shows them behind a slider."""
    run = ending.run

    def log_image(name: str, number: int, image: Any) -> None:  # synchronous: else MLflow waits a second at the end
        run.store.client.log_image(run.run_id, image, key=name, step=number, synchronous=True)

    every = [(name, number, image) for name, some in run.result.images.items() for number, image in enumerate(some)]
    for _ in run.store.each(lambda one: ending.once(f"image {one[0]} {one[1]}", partial(log_image, *one)), every):
        pass


def model(ending: Ending) -> None:
    """The served model."""
    run = ending.run
    if not run.result.has_model:
        return
    with TemporaryDirectory() as spare:
        made = ending.computer.model(Path(spare))
        if isinstance(made, str):
            run.store.client.set_tag(run.run_id, models.SERVED, made)
        else:
            models.log(run.store, run.run_id, made, ending.computer)


def files(ending: Ending) -> None:
    """The files; an evaluation's pictures and pages also with the configuration."""
    run, client = ending.run, ending.run.store.client
    ending.drawn()
    for file in sorted(run.result.files):
        where = _place(file, run.folder, run.stage)
        client.log_artifact(run.run_id, str(file), where)
        if run.result.evaluated and file.suffix in (".png", ".html"):
            client.log_artifact(run.parent, str(file), where)


def registered(ending: Ending) -> None:
    """Evaluated models as versions in the registry, or the note that they are none."""
    run, found = ending.run, ending.evaluation
    if found is None:
        return
    if "restored" not in run.tags:
        found.check_goal()
    if not run.registers:
        found.leave_out()
        return
    run.moved = found.register(synced="restored" in run.tags)
    if lost := found.lost():
        told = f"the files of the logged models are gone ({', '.join(lost)}): `tracked sync` logs them again"
        print(f"warning: {told}", file=sys.stderr)


OF_CONFIGURATION = (equal, trainings, gathered, page, inputs, images, model, files, registered)
OF_JOB = (trainings, parent)  # quick: all else is written in one call when the run ends


def told(ending: Ending) -> str:
    """What an evaluation ends with on the terminal."""
    run, found = ending.run, ending.evaluation
    assert found
    summary = project().page.summary(found.known, {**run.result.params, **run.result.metrics})
    return (f"{run.moved}\n" if run.moved else "") + f"{summary} The runs: {run.store.where()}"


def _place(file: Path, folder: Path, stage: str) -> str | None:
    """Where a file lies among the artifacts: as in the folder, without the folder of the stage's own reports."""
    below = file.parent.relative_to(folder)
    own = Path("reports", stage)
    place = (below.relative_to(own) if below.is_relative_to(own) else below).as_posix()
    return None if place == "." else place
