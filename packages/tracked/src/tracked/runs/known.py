"""Which stages' outputs no run of a store has made: DVC brought them."""

from collections.abc import Iterable, Mapping

from mlflow.entities import LifecycleStage, Run, ViewType

from tracked.project import project
from tracked.runs import model_lock, models, registry
from tracked.store.store import Store


def unknown(store: Store, configuration: str, trained: Mapping[str, str]) -> list[str]:
    """The stages to tell the store of, in running order; none when it knows the models and the end of the pipeline.

    `configuration` is the fingerprint of the settings, `trained` the md5 of each model by the stage that trains it.
    What was deleted is known too: nobody wants it back.
    """
    parents = store.search(f"tags.configuration = '{configuration}'", view=ViewType.ALL)
    ended = {run.data.tags.get("stage") for parent in parents for run in _finished_below(store, parent.info.run_id)}
    ended -= trained.keys()
    known = ended | {stage for stage, md5 in trained.items() if _has_model(store, md5)}
    last = project().last()
    if known.issuperset([*trained, *last]):
        return []
    return [stage for stage in project().stages if stage not in known or stage in last]  # which register models


def left_out(store: Store, trained: Iterable[str]) -> bool:
    """Whether one of these models, by md5, was logged by a trial alone: it is no registered version."""
    query = f"tags.{registry.VERSION} = '{registry.NONE}' and attributes.status = 'FINISHED'"
    return any(
        models.ready(store, run) for md5 in trained for run in store.search(f"{query} and tags.model_md5 = '{md5}'")
    )


def _finished_below(store: Store, parent: str) -> list[Run]:
    query = f"tags.mlflow.parentRunId = '{parent}' and attributes.status = 'FINISHED'"
    return store.search(query, view=ViewType.ALL)


def _has_model(store: Store, md5: str) -> bool:
    """Whether a training has logged this model, if the project's models are logged; the jobs of a sweep log none.

    A model that only others have logged may be anything, unless models.lock says what it consists of.
    """
    found = store.search(f"tags.model_md5 = '{md5}' and attributes.status = 'FINISHED'", view=ViewType.ALL)
    if not project().served:
        return bool(found)
    return any(_deleted(store, run) or (models.ready(store, run) and _may_run(run, md5)) for run in found)


def _may_run(run: Run, md5: str) -> bool:
    return model_lock.has(md5) or any(map(model_lock.is_recorded, models.ids(run)))


def _deleted(store: Store, run: Run) -> bool:
    """Whether a run, or the model that it logged, was deleted."""
    deleted = run.info.lifecycle_stage == LifecycleStage.DELETED
    return deleted or len(models.there(store.client, run)) < len(models.ids(run))
