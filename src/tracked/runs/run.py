"""The run of a stage, from its start to its end, however it ends."""

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from tracked import interrupts
from tracked.outcome import Outcome
from tracked.project import project
from tracked.runs import datasets, models, trained
from tracked.runs.batch import Batch
from tracked.runs.configuration_page import ConfigurationPage, without_bounds
from tracked.runs.evaluation import Evaluation, found_before
from tracked.runs.store import Store

SECONDS_BETWEEN = 1.0  # what is reported epoch by epoch is sent no more often than this


@contextmanager
def stage_run(
    store: Store,
    stage: str,
    settings: dict[str, Any],
    parent: str,
    tags: Mapping[str, str],
    title: str | None = None,
    kept: bool = True,
) -> Iterator["TrackedRun"]:
    """A run of a stage below a parent run: FINISHED, FAILED or KILLED in the end, as the block went.

    `kept` is a configuration's: its parent, too, is RUNNING meanwhile, figures come while it runs, and artifacts are
    kept. Otherwise it is a sweep's job: no artifacts, and one call in the end, to be quick. `tags` has the `command`
    that makes the run again.
    """
    run, status = None, "FAILED"
    try:
        with interrupts.held():
            run = TrackedRun(store, stage, settings, parent, tags, title or stage, kept)
        yield run
        run.flush()
        status = "FINISHED"
    except KeyboardInterrupt:
        status = "KILLED"
        raise
    finally:
        if run is not None:
            run.end(status)


class TrackedRun:
    """The run of a stage that is going on."""

    def __init__(
        self,
        store: Store,
        stage: str,
        settings: dict[str, Any],
        parent: str,
        tags: Mapping[str, str],
        title: str,
        kept: bool,
    ) -> None:
        """Make the run. Its settings are logged at once, so that they show if it crashes."""
        self.store, self.stage, self.settings, self.parent, self.kept = store, stage, settings, parent, kept
        self.command = tags["command"]
        own = {"mlflow.parentRunId": parent, "stage": stage, **tags}
        network = project().network(stage)
        if network or stage not in project().stages:  # of a whole pipeline
            own |= project().page.columns(settings, [stage] if network else None)
        own |= {"net": network} if network else {}
        self.run_id = store.create(title, own, project().page.params(stage, settings), diff=kept)
        if kept:
            store.resume(parent)
        self.epochs: list[dict[str, float]] = []
        self.batch, self.sent = Batch(), monotonic()

    def report(self, epoch: int, epochs: int, figures: Mapping[str, float]) -> None:
        """Hear of an epoch, from 1."""
        interrupts.check()
        self.epochs.append(dict(figures))
        self.batch.add_figures(figures, step=epoch)
        if not all(map(math.isfinite, figures.values())):
            self.batch.add_tags({"diverged": "true"})
        if self.kept and monotonic() - self.sent >= SECONDS_BETWEEN:
            self.flush()

    def log(self, outcome: Outcome, folder: Path, drawn: Callable[[], object] = lambda: None) -> str:
        """Log what the stage came to in `folder`; `drawn` waits for its pictures. What is to be told at last, or ""."""
        self.batch.add_figures(outcome.figures)
        self.batch.add_params(project().page.flat(outcome.params))
        if outcome.model and outcome.data:
            self._add_identity(outcome.model, outcome.data, outcome.figures)
        evaluation = Evaluation(self.store, folder, outcome.about) if outcome.about else None
        if evaluation:
            evaluation.show_on_trainings()
            self.batch.add_figures(without_bounds(evaluation.flat))
        if not self.kept:
            if evaluation:
                self.store.log(self.parent, evaluation.flat)
            return ""
        self.flush()
        self._show(outcome, evaluation)
        self._keep(outcome, folder, drawn)
        if evaluation is None:
            return ""
        evaluation.register()
        summary = project().page.summary(evaluation.known, {**outcome.params, **outcome.figures})
        return f"{summary} The runs, after `make ui`: {self.store.link()}"

    def _add_identity(self, model: Path, data: Path, figures: Mapping[str, float]) -> None:
        """Say which model came out of which data. What was found about an equal one holds here too."""
        identity = {"model_md5": trained.md5(model), "data_md5": trained.md5(data)}
        self.batch.add_tags(identity)
        if self.kept:
            own = {**figures, **(self.epochs[-1] if self.epochs else {})}
            self.batch.add_figures(found_before(self.store, **identity, own=own))

    def _show(self, outcome: Outcome, evaluation: Evaluation | None) -> None:
        """Put what belongs there onto the page of the configuration."""
        network = project().network(self.stage)
        if network is None and evaluation is None:
            return
        page = ConfigurationPage(self.store, self.parent)
        if evaluation:
            evaluation.show_on(page, self.settings, self.command)
        elif network:
            page.add_curves(network, self.epochs)
            page.add_best({})
        page.send()

    def _keep(self, outcome: Outcome, folder: Path, drawn: Callable[[], object]) -> None:
        """Keep data sets, images, the served model and files, of an evaluation the pictures with its parent too."""
        client = self.store.client
        with interrupts.held():
            if outcome.datasets:
                client.log_inputs(self.run_id, datasets.inputs(outcome.datasets))
            for key, images in outcome.images.items():
                for step, image in enumerate(images):  # synchronous: else MLflow waits a second at the end
                    client.log_image(self.run_id, image, key=key, step=step, synchronous=True)
        if outcome.served:
            with TemporaryDirectory() as spare:
                models.log(self.store, self.run_id, outcome.served(Path(spare)))
        drawn()
        with interrupts.held():
            for file in sorted(outcome.files):
                below = file.parent.relative_to(folder / "reports" / self.stage).as_posix()
                where = None if below == "." else below
                client.log_artifact(self.run_id, str(file), where)
                if outcome.about and file.suffix == ".png":
                    client.log_artifact(self.parent, str(file), where)

    @interrupts.held()
    def flush(self) -> None:
        """Write what was gathered."""
        self.batch.send(self.store.client, self.run_id)
        self.sent = monotonic()

    @interrupts.held()
    def end(self, status: str) -> None:
        """End the run, with what was gathered, and with its parent if it is kept."""
        try:
            self.flush()
        finally:
            for run_id in (self.run_id, self.parent) if self.kept else (self.run_id,):
                self.store.client.set_terminated(run_id, status)
