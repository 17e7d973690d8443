"""The model registry: each model once, and the best by the project's goals as `champion`."""

import json
import sys
from collections.abc import Mapping

from mlflow.entities import Run
from mlflow.exceptions import MlflowException

from tracked import interrupts
from tracked.goal import best
from tracked.project import project
from tracked.runs import models, trained, views
from tracked.runs.store import Store
from tracked.runs.written import outdated, written

CHAMPION = "champion"
# The tag of a training: the version that its model is, or NONE when only trials have evaluated it.
VERSION, NONE = "version", "none"
IDENTITY = (trained.MODEL, trained.DATA, models.CODE)  # tags that tell versions apart
EVALUATED = "evaluated_on"  # the tag with the hash of the data of the evaluation: by others no two compare


def register(store: Store, training: Run, figures: Mapping[str, float], data: str) -> None:
    """Make the model of a training run a version of the registered model, unless its bytes, with the code that it is
    logged with and the data that its stage read, are one already.

    `training` has logged a model. Of `figures`, which an evaluation on `data` (a hash) found, the version shows those
    that the list of runs has.
    """
    name = project().registered
    identity = {key: training.data.tags[key] for key in IDENTITY if key in training.data.tags}
    tags = identity | {"model": training.data.tags["model"], EVALUATED: data}
    tags |= {key: f"{figures[key]:.6g}" for key in _shown() if key in figures}
    with store.lock, interrupts.held():
        _make_registry(store)
        same = " and ".join(f"tags.{key} = '{identity[key]}'" for key in identity)
        found = store.client.search_model_versions(f"name = '{name}' and {same}")
        known = [version for version in found if not models.is_gone(version.source)]
        for version in known:
            for key, value in tags.items():
                if version.tags.get(key) != value:
                    store.client.set_model_version_tag(name, version.version, key, value)
        number = known[0].version if known else _add(store, training, tags)
        store.client.set_tag(training.info.run_id, VERSION, str(number))


def leave_out(store: Store, training: Run) -> None:
    """Note that a trial has evaluated the model of a training, which is to be no version unless DVC brings it."""
    if VERSION not in training.data.tags:
        store.log(training.info.run_id, tags={VERSION: NONE})


def crown(store: Store, trainings: Mapping[str, Run], data: str) -> str:
    """Give the alias to the best version by an evaluation on these data, of equals to the newest.

    `trainings` are those of the models that were evaluated last: the metrics of a version that learned from other data
    than today's training of the same model are no match for today's. Returns what to say if the alias moves, or "".
    """
    name, goals = project().registered, project().goals
    learned = {model: training.data.tags.get(trained.DATA) for model, training in trainings.items()}

    def is_of_these_data(tags: Mapping[str, str]) -> bool:
        return learned.get(tags.get("model", ""), tags.get(trained.DATA)) == tags.get(trained.DATA)

    with store.lock, interrupts.held():
        found = store.client.search_model_versions(f"name = '{name}' and tags.{EVALUATED} = '{data}'")
        figures = {
            version.version: {goal.name: float(version.tags[goal.name]) for goal in goals if goal.name in version.tags}
            for version in sorted(found, key=lambda version: int(version.version), reverse=True)
            if not models.is_gone(version.source) and is_of_these_data(version.tags)
        }
        winner = best(figures, goals)
        holder = store.client.get_registered_model(name).aliases.get(CHAMPION) if winner else None
        if not winner or str(holder) == str(winner):
            return ""
        store.client.set_registered_model_alias(name, CHAMPION, winner)
        return f"{CHAMPION}: version {holder} -> {winner}" if holder else f"{CHAMPION}: version {winner}"


def tell_move(told: str) -> None:
    """Say that the champion moved, if a run that is logged later tells it: on standard error, as standard output may be
    for a program."""
    for line in told.splitlines()[:1]:
        if line.startswith(CHAMPION):
            print(line, file=sys.stderr)


def _shown() -> list[str]:
    """The figures that a version is chosen by, and those that the list of runs has columns for."""
    columns = [key.removeprefix("metrics.").strip("`") for key in views.columns() if key.startswith("metrics.")]
    return list(dict.fromkeys([*(goal.name for goal in project().goals), *columns]))


def _add(store: Store, training: Run, tags: Mapping[str, str]) -> str:
    """The number of the new version."""
    name = project().registered
    model = store.client.get_logged_model(models.ready(store, training)[-1])
    version = store.client.create_model_version(
        name,
        model.artifact_location,
        training.info.run_id,
        dict(tags),
        description=training.info.run_name,
        await_creation_for=0,
        model_id=model.model_id,
    )
    shown = json.dumps([{"name": name, "version": version.version}])
    store.client.set_logged_model_tags(model.model_id, {"mlflow.modelVersions": shown})  # for the run's page
    return str(version.version)


def _make_registry(store: Store) -> None:
    """Make it, or give it what the project says of it today, if nobody has changed it in the UI."""
    name, about = project().registered, project().about_registered
    try:
        found = store.client.get_registered_model(name)
    except MlflowException:
        store.client.create_registered_model(name, written(about), about)
        return
    if outdated(found.description, found.tags, about):
        store.client.update_registered_model(name, about)
        for key, value in written(about).items():
            store.client.set_registered_model_tag(name, key, value)
