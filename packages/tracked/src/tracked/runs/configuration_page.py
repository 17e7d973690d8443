"""The page of a configuration: what the runs of its stages add to it, side by side for all models."""

import math
from collections.abc import Mapping, Sequence

from mlflow.entities import LoggedModelOutput, Run

from tracked.goal import best
from tracked.pages.descriptions import description
from tracked.project import project
from tracked.runs import models
from tracked.secrets import provenance
from tracked.secrets.masking import masked
from tracked.secrets.uncommitted import Uncommitted, uncommitted
from tracked.store.batch import Batch
from tracked.store.store import Store

Metrics = Mapping[str, float]
DIVERGED = "diverged."  # what a tag of the page begins with, before the model whose training diverged


class ConfigurationPage:
    """The run of a configuration, as it was when this was made. Metrics and tags are written by `send`."""

    def __init__(self, store: Store, run_id: str) -> None:
        self.store, self.run_id, self.batch = store, run_id, Batch()
        run = store.client.get_run(run_id)
        self.metrics, self.models = dict(run.data.metrics), models.ids(run)
        self.diverged = {
            key.removeprefix(DIVERGED)
            for key, value in run.data.tags.items()
            if value == "true" and key.startswith(DIVERGED)
        }

    def add_training(self, model: str, steps: Sequence[Metrics], metrics: Metrics, diverged: bool) -> None:
        """Show what a model's training reported step by step, and of its other metrics those of the project's goals,
        unless an equal training put them there before.

        Of one that diverged MLflow knows no more than the last finite metrics, by which it must not be the best.
        """
        self._mark(model, diverged)
        goals = {goal.name: metrics[goal.name] for goal in project().goals if goal.name in metrics}
        *before, last = steps or [{}]
        charts = [_beside(model, step) for step in (*before, {**goals, **last})]
        shown = {name: value for name, value in charts[-1].items() if math.isfinite(value)}
        if self._shows(shown):
            return
        self.metrics |= shown
        for number, step in enumerate(charts, 1):
            self.batch.add_metrics(step, step=number)

    def _mark(self, model: str, diverged: bool) -> None:
        """Note whether the training of a model diverged, as a tag where that changes."""
        if diverged != (model in self.diverged):
            self.batch.add_tags({f"{DIVERGED}{model}": str(diverged).lower()})
        self.diverged = self.diverged | {model} if diverged else self.diverged - {model}

    def _shows(self, metrics: Metrics) -> bool:
        """Whether the page has these metrics; those that come from a file have six digits."""
        return all(
            math.isclose(self.metrics.get(name, math.nan), value, rel_tol=1e-4) for name, value in metrics.items()
        )

    def add_best(self, evaluated: Mapping[str, Metrics]) -> None:
        """Give the configuration's row the metrics of the model that is best by the project's goals.

        `evaluated` are what an evaluation found about the models; {} while there was none.
        """
        goals = project().goals
        names = [goal.name for goal in goals]
        shown = {
            model: {name: self.metrics[f"{name}/{model}"] for name in names if f"{name}/{model}" in self.metrics}
            for model in project().models
            if model not in self.diverged
        }
        if model := best(shown, goals):
            self.batch.add_metrics({**shown[model], **without_bounds(evaluated.get(model, {}))})
            self.batch.add_tags({"best_model": model})

    def describe(self, results: str, tags: Mapping[str, str]) -> None:
        """Begin the description with results in Markdown, and say how they came about: `tags` has the command."""
        synced = "restored" in tags
        changes, source = (Uncommitted(), {}) if synced else (uncommitted(), provenance.tags())
        told = {**source, **tags, "stage": "configuration", "command": masked(tags["command"])}
        self.batch.add_tags({"mlflow.note.content": f"{results}\n\n{description(told, changes)}"})
        changes.keep(self.store.client, self.run_id)

    def add_inputs(self, training: Run) -> None:
        """Show the data and the model of a training in the fields of this page too."""
        ready = models.ready(self.store, training)
        new = [LoggedModelOutput(model_id, 0) for model_id in ready if model_id not in self.models]
        if training.inputs:
            self.store.client.log_inputs(self.run_id, training.inputs.dataset_inputs)
        if new:
            self.store.client.log_outputs(self.run_id, new)

    def send(self) -> None:
        """Write the metrics and tags."""
        self.batch.send(self.store.client, self.run_id)


def _beside(model: str, metrics: Metrics) -> dict[str, float]:
    """The metrics of a model under names by which MLflow draws all models in one row of charts: what stands before the
    / names the row."""
    return {f"{name}/{model}": value for name, value in metrics.items()}


def without_bounds(metrics: Metrics) -> dict[str, float]:
    """Metrics without the ends of their intervals, which a row or chart has no room for."""
    return {name: value for name, value in metrics.items() if not name.endswith(("_low", "_high"))}
