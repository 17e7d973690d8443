"""The model registry: each model once."""

import json
from collections.abc import Mapping

from mlflow.entities import Run

from tracked.pages import views
from tracked.pages.written import outdated, written
from tracked.project import project
from tracked.runs import champion, models, trained
from tracked.store.store import Store

# The tag of a training: the version that its model is, or NONE when only trials have evaluated it.
VERSION, NONE = "version", "none"
IDENTITY = (trained.MODEL, trained.DATA, models.CODE)  # tags that tell versions apart


def make(store: Store) -> None:
    """Make the registry, or give it what the project says of it today, if nobody has changed it in the UI."""
    name, description = project().registered, project().description_registered
    with store.lock:
        # One by its name MLflow gives with its latest version, for which it reads all.
        found = next(iter(store.client.search_registered_models(f"name = '{name}'")), None)
        if found is None:
            store.client.create_registered_model(name, written(description), description)
        elif outdated(found.description, found.tags, description):
            store.client.update_registered_model(name, description)
            for key, value in written(description).items():
                store.client.set_registered_model_tag(name, key, value)


def register(store: Store, training: Run, metrics: Mapping[str, float], data: str) -> None:
    """Make the model of a training run a version of the registered model, unless its bytes, with the code that it is
    logged with and the data that its stage read, are one already.

    `training` has logged a model. Of `metrics`, which an evaluation on `data` (a hash) found, the version shows those
    that the list of runs has.
    """
    name = project().registered
    identity = {key: training.data.tags[key] for key in IDENTITY if key in training.data.tags}
    tags = identity | {"model": training.data.tags["model"], champion.EVALUATED: data}
    tags |= {key: f"{metrics[key]:.6g}" for key in _shown() if key in metrics}
    with store.lock:
        same = " and ".join(f"tags.{key} = '{identity[key]}'" for key in identity)
        known = [version for version in champion.versions(store, same) if not models.is_gone(str(version.source))]
        for version in known:
            changed = {key: value for key, value in tags.items() if version.tags.get(key) != value}
            if changed:
                champion.compare_anew(store)
            for key, value in changed.items():
                store.client.set_model_version_tag(name, version.version, key, value)
        number = known[0].version if known else _add(store, training, tags)
        store.client.set_tag(training.info.run_id, VERSION, str(number))


def leave_out(store: Store, training: Run) -> None:
    """Note that a trial has evaluated the model of a training, which is to be no version unless DVC brings it."""
    if VERSION not in training.data.tags:
        store.log(training.info.run_id, tags={VERSION: NONE})


def _shown() -> list[str]:
    """The metrics that a version is chosen by, and those that the list of runs has columns for."""
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
