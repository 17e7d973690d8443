"""The page of a configuration: what the runs of its stages add to it, side by side for all models."""

import math
from collections.abc import Mapping, Sequence

from mlflow.entities import LoggedModelOutput, Run

from tracked import interrupts
from tracked.goal import best
from tracked.masking import masked
from tracked.project import project
from tracked.runs import models, provenance
from tracked.runs.batch import Batch
from tracked.runs.descriptions import description
from tracked.runs.store import Store
from tracked.runs.uncommitted import Uncommitted, uncommitted

Figures = Mapping[str, float]
DIVERGED = "diverged."  # what a tag of the page begins with, before the model whose training diverged


class ConfigurationPage:
    """The run of a configuration, as it was when this was made. Figures and tags are written by `send`."""

    @interrupts.held()
    def __init__(self, store: Store, run_id: str) -> None:
        self.store, self.run_id, self.batch = store, run_id, Batch()
        run = store.client.get_run(run_id)
        self.figures, self.models = dict(run.data.metrics), models.ids(run)
        self.diverged = {
            key.removeprefix(DIVERGED)
            for key, value in run.data.tags.items()
            if value == "true" and key.startswith(DIVERGED)
        }

    def add_training(self, model: str, steps: Sequence[Figures], metrics: Figures, diverged: bool) -> None:
        """Show what a model's training reported step by step, and of its other metrics those of the project's goals,
        unless an equal training put them there before.

        Of one that diverged MLflow knows no more than the last finite metrics, by which it must not be the best.
        """
        if diverged != (model in self.diverged):
            self.batch.add_tags({f"{DIVERGED}{model}": str(diverged).lower()})
        self.diverged = self.diverged | {model} if diverged else self.diverged - {model}
        goals = {goal.name: metrics[goal.name] for goal in project().goals if goal.name in metrics}
        *before, last_step = steps or [{}]
        named = [
            {f"{name}/{model}": value for name, value in step.items()} for step in (*before, {**goals, **last_step})
        ]
        last = {name: value for name, value in named[-1].items() if math.isfinite(value)}
        if all(math.isclose(self.figures.get(name, math.nan), value, rel_tol=1e-4) for name, value in last.items()):
            return  # from a file they come with six digits
        self.figures |= last
        for number, step in enumerate(named, 1):
            self.batch.add_figures(step, step=number)  # the page has a row of charts for what stands before the /

    def add_best(self, about: Mapping[str, Figures]) -> None:
        """Give the configuration's row the metrics of the model that is best by the project's goals.

        `about` are what an evaluation found about the models; {} while there was none.
        """
        goals = project().goals
        names = [goal.name for goal in goals]
        shown = {
            model: {name: self.figures[f"{name}/{model}"] for name in names if f"{name}/{model}" in self.figures}
            for model in project().models
            if model not in self.diverged
        }
        if model := best(shown, goals):
            self.batch.add_figures({**shown[model], **without_bounds(about.get(model, {}))})
            self.batch.add_tags({"best_model": model})

    @interrupts.held()
    def describe(self, results: str, tags: Mapping[str, str]) -> None:
        """Begin the description with results in Markdown, and say how they came about: `tags` has the command."""
        restored = "restored" in tags
        changes, source = (Uncommitted(), {}) if restored else (uncommitted(), provenance.tags())
        told = {**source, **tags, "stage": "configuration", "command": masked(tags["command"])}
        self.batch.add_tags({"mlflow.note.content": f"{results}\n\n{description(told, changes)}"})
        changes.keep(self.store.client, self.run_id)

    @interrupts.held()
    def add_inputs(self, training: Run) -> None:
        """Show the data and the model of a training in the fields of this page too."""
        ready = models.ready(self.store, training)
        new = [LoggedModelOutput(model_id, 0) for model_id in ready if model_id not in self.models]
        if training.inputs:
            self.store.client.log_inputs(self.run_id, training.inputs.dataset_inputs)
        if new:
            self.store.client.log_outputs(self.run_id, new)

    @interrupts.held()
    def send(self) -> None:
        """Write the figures and tags."""
        self.batch.send(self.store.client, self.run_id)


def without_bounds(figures: Figures) -> dict[str, float]:
    """Figures without the ends of their intervals, which a row or chart has no room for."""
    return {name: value for name, value in figures.items() if not name.endswith(("_low", "_high"))}
