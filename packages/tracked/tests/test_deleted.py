"""What `make gc` takes for deleted."""

import pytest

from tracked.admin import deleted
from tracked.errors import UserError
from tracked.runs import models


@pytest.fixture
def client(tiny_copy, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return tiny_copy.client()


@pytest.mark.long
def test_nothing_goes_before_something_was_deleted(tiny_copy, client):
    found = deleted.find(tiny_copy.path)
    assert (found.runs, found.models, found.experiments) == ({}, set(), [])


@pytest.mark.long
def test_what_is_below_a_deleted_run_goes_too_but_no_registered_model(tiny_copy, client):
    (parent,) = (run for run in tiny_copy.runs() if "configuration" in run["tags"])
    job = client.create_run("1", tags={"mlflow.parentRunId": parent["id"]}).info.run_id
    deeper = client.create_run("1", tags={"mlflow.parentRunId": job}).info.run_id
    for run_id in (job, deeper):
        client.set_terminated(run_id)
    everything = {run["id"] for run in tiny_copy.runs()}
    other = client.create_run("1", tags={"sweep": "stays"}).info.run_id
    client.set_terminated(other)
    client.delete_run(parent["id"])

    for version in client.search_model_versions()[1:]:
        client.delete_model_version(version.name, version.version)

    found = deleted.find(tiny_copy.path)
    assert found.runs.keys() == everything
    (version, *_) = client.search_model_versions()
    made = {model.model_id: model.artifact_location for model in client.search_logged_models(["1"])}
    assert version.source in made.values()
    assert found.models == {model for model, place in made.items() if place != version.source}
    found.mark()
    assert [run.info.run_id for run in client.search_runs(["1"])] == [other]


@pytest.mark.long
def test_while_a_run_is_going_on_nothing_goes(tiny_copy, client):
    client.create_run("1", run_name="busy", tags={"process": "another-host 1:2"})
    with pytest.raises(UserError, match="'busy' is still running"):
        deleted.find(tiny_copy.path)


@pytest.mark.long
def test_a_deleted_run_whose_artifacts_are_a_registered_model_is_told(tiny_copy, client):
    run = client.create_run("1", run_name="old")
    client.set_terminated(run.info.run_id)
    (name,) = {version.name for version in client.search_model_versions()}
    client.create_model_version(name, f"{run.info.artifact_uri}/model", run.info.run_id)
    client.delete_run(run.info.run_id)
    with pytest.raises(UserError, match="'old' holds a registered model"):
        deleted.find(tiny_copy.path)


def test_looking_makes_no_store(tmp_path, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert not deleted.find(tmp_path).runs
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
def test_a_model_that_was_deleted_by_itself_stops_nothing(tiny_copy, client):
    fits = [run for run in client.search_runs(["1"], "tags.model = 'slow'")]
    (gone,) = models.ids(fits[0])
    client.delete_logged_model(gone)
    tiny_copy.stages("judge")
    client.delete_run(fits[0].info.run_id)
    assert gone not in deleted.find(tiny_copy.path).models
