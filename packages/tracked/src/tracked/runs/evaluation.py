"""What an evaluation finds about models that other runs trained: it belongs to those runs, to the page of their
configuration, and to the registry.

The runs are found by the model's bytes. There are none where DVC's cache gave the model, but this store never saw it
trained; there are several where trainings, also those of sweeps, gave the same.
"""

import math
from collections.abc import Mapping
from itertools import chain
from pathlib import Path

from mlflow.entities import Run

from tracked.errors import UserError
from tracked.goal import first
from tracked.project import project
from tracked.runs import champion, model_lock, models, registry, trained
from tracked.runs.configuration_page import ConfigurationPage
from tracked.store import bulk
from tracked.store.store import Store

Metrics = Mapping[str, float]


class Evaluation:
    """Metrics about trained models, and the runs that trained them."""

    def __init__(self, store: Store, folder: Path, evaluated: Mapping[str, Metrics], data: str) -> None:
        """`evaluated` are the metrics by model, found on `data`, a hash; the models lie in `folder`.

        Raises UserError for a name that no model has.
        """
        self.store, self.evaluated, self.data = store, evaluated, data
        if others := evaluated.keys() - project().models.keys():
            known = ", ".join(project().models) or "none"
            raise UserError(
                f"evaluated {', '.join(sorted(others))}, but the models that the project trains are: {known}"
            )
        self.md5 = {model: trained.model_hash(folder, model) for model in evaluated}
        self.trainings = {model: self._trained(model, md5) for model, md5 in self.md5.items()}

    def _trained(self, model: str, md5: str) -> list[Run]:
        """Those of this model alone: another can have come to the same bytes."""
        query = f"tags.{trained.MODEL} = '{md5}' and tags.model = '{model}'"
        return self.store.search(f"{query} and attributes.status = 'FINISHED'")

    def _reported(self, model: str) -> list[dict[str, float]]:
        """What the training of a model reported, step by step."""
        if not (runs := self.trainings[model]):
            return []
        names = [name for name in runs[0].data.metrics if not name.startswith("system/")]
        run_id = runs[0].info.run_id
        logged = bulk.histories(self.store, [run_id], names)[run_id]
        histories = {name: [value for _, value in logged.get(name, [])] for name in names}
        n = max(map(len, histories.values()), default=0)
        reported = {name: values for name, values in histories.items() if len(values) > 1}
        return [
            {name: values[i] for name, values in reported.items() if i < len(values)} for i in range(n if n > 1 else 0)
        ]

    def _diverged(self, model: str) -> bool:
        """Whether a model's training came to what is no number, of which MLflow has the metrics before."""
        return any("diverged" in run.data.tags for run in self.trainings[model][:1])

    @property
    def known(self) -> dict[str, dict[str, float]]:
        """All metrics of each model, its training's included."""
        return {
            model: {
                **(self.trainings[model][0].data.metrics if self.trainings[model] else {}),
                **(dict.fromkeys((goal.name for goal in project().goals), math.nan) if self._diverged(model) else {}),
                **found,
            }
            for model, found in self.evaluated.items()
        }

    def check_goal(self) -> None:
        """Raises UserError when no model has the metric of the first goal: its name may be misspelt. One whose training
        diverged, or is not known, tells nothing."""
        goals = project().goals
        sound = [model for model, runs in self.trainings.items() if runs and not self._diverged(model)]
        found = [self.known[model] for model in sound]
        if goals and found and not any(goals[0].name in metrics for metrics in found):
            known = ", ".join(first(dict.fromkeys(chain(*found)), goals)) or "none"
            raise UserError(f"no model has the metric {goals[0].name}, a goal of Project(...): they have {known}")

    def show_on_trainings(self) -> None:
        """Put the metrics onto the runs that trained the models."""
        for model, found in self.evaluated.items():
            for training in self.trainings[model]:
                known = training.data.metrics
                self.store.log(training.info.run_id, {key: v for key, v in found.items() if known.get(key) != v})

    def show_on(self, page: ConfigurationPage, settings: Mapping, tags: Mapping[str, str]) -> None:
        """Put them onto the page of the configuration; `tags` are the evaluation's."""
        for model, metrics in self.known.items():
            page.add_training(model, self._reported(model), metrics, self._diverged(model))
        page.add_best(self.evaluated)
        page.describe(project().page.results(self.known, settings), tags)
        for training in self._with_models().values():
            page.add_inputs(training)

    def register(self, synced: bool = False) -> str:
        """Put the models into the registry, and choose the champion. What to say if that is another one now, or "".

        Models that DVC brought (`synced`) stand in models.lock as who made them has committed it, if they do at all.
        """
        found = self._with_models()
        if found:
            registry.make(self.store)
        for model, training in found.items():
            registry.register(self.store, training, self.known[model], self.data)
            if not (synced and model_lock.has(self.md5[model])):
                with self.store.lock:
                    model_lock.add(models.chosen(training), model, self.md5[model])
        return champion.crown(self.store, found, self.data) if found else ""

    def leave_out(self) -> None:
        """Note that the models are no versions: a trial has evaluated them."""
        for training in self._with_models().values():
            registry.leave_out(self.store, training)

    def _with_models(self) -> dict[str, Run]:
        """The newest training of each model that logged its model: the jobs of a sweep log none."""
        logged = {
            model: [run for run in runs if models.ready(self.store, run)] for model, runs in self.trainings.items()
        }
        return {model: runs[0] for model, runs in logged.items() if runs}

    def lost(self) -> list[str]:
        """The models that were logged, but of which no files are left."""
        with_models = self._with_models()
        return [
            model
            for model, runs in self.trainings.items()
            if model not in with_models and any(models.there(self.store.client, run) for run in runs)
        ]


def flat(evaluated: Mapping[str, Metrics]) -> dict[str, float]:
    """The metrics of all models under names that tell them apart."""
    return {f"{model}.{name}": value for model, found in evaluated.items() for name, value in found.items()}


def found_before(store: Store, identity: Mapping[str, str], own: Metrics) -> dict[str, float]:
    """What evaluations found about an equal model, by its tags, and `own`, a new training's metrics, lack.

    An evaluation does not run again when a training gives the same bytes.
    """
    same = " and ".join(f"tags.{key} = '{value}'" for key, value in identity.items())
    for run in store.search(f"{same} and attributes.status = 'FINISHED'"):
        if more := {name: value for name, value in run.data.metrics.items() if name not in own}:
            return more
    return {}
