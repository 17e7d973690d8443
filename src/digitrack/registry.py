"""The model registry: each model once, and the best on validation data as `champion`."""

import json

from mlflow.entities import Run
from mlflow.exceptions import MlflowException

from digitrack import scores
from digitrack.tracking import Store, models

NAME, CHAMPION = "digits", "champion"
FIGURES = ("val_accuracy", "val_loss", "test_accuracy")
ABOUT = """Networks that read handwritten digits: 64 pixels from 0 (paper) to 16 (ink) in, ten probabilities out.

`champion` is the best on validation data among the models of the newest data version.
`python -m pipeline.predict IMAGE` asks it, and
`mlflow models serve -m models:/digits@champion --env-manager local` serves it.
"""


def register(store: Store, training: Run, figures: dict[str, float]) -> None:
    """Make the model of a training run a version of the registered model, unless its bytes are one already.

    `figures` are its validation and test figures, `training` an MLflow run that logged a model.
    """
    with store.lock:
        _make_registry(store)
        tags = {key: training.data.tags[key] for key in ("net", "model_md5", "data_md5")}
        tags |= {key: f"{figures[key]:.6g}" for key in FIGURES}
        query = f"name = '{NAME}' and tags.model_md5 = '{tags['model_md5']}' and tags.data_md5 = '{tags['data_md5']}'"
        for version in store.client.search_model_versions(query):
            for key, value in tags.items():
                if version.tags.get(key) != value:
                    store.client.set_model_version_tag(NAME, version.version, key, value)
            return
        model = store.client.get_logged_model(models(training)[-1])
        version = store.client.create_model_version(
            NAME,
            model.artifact_location,
            training.info.run_id,
            tags,
            description=training.info.run_name,
            await_creation_for=0,
            model_id=model.model_id,
        )
        shown = json.dumps([{"name": NAME, "version": version.version}])
        store.client.set_logged_model_tags(model.model_id, {"mlflow.modelVersions": shown})  # for the run's page


def crown(store: Store, data_md5: str) -> None:
    """Give the alias to the best version trained on these data."""
    with store.lock:
        found = store.client.search_model_versions(f"name = '{NAME}' and tags.data_md5 = '{data_md5}'")
        figures = {v.version: {k: float(v.tags[k]) for k in FIGURES} for v in found if set(FIGURES) <= set(v.tags)}
        if figures:
            best = scores.best(figures)
            holder = store.client.get_registered_model(NAME).aliases.get(CHAMPION)
            if str(holder) != str(best):
                store.client.set_registered_model_alias(NAME, CHAMPION, best)


def _make_registry(store: Store) -> None:
    try:
        store.client.get_registered_model(NAME)
    except MlflowException:
        store.client.create_registered_model(NAME, description=ABOUT)
