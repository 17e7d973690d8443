"""What rows say in another database, where numbers are others' and files lie elsewhere."""

import json

import pytest

from tracked.admin.moved_rows import Experiment, Translation
from tracked.errors import UserError


@pytest.fixture
def there():
    """Experiment 1 is number 7 there, and version 2 of a model is number 5."""
    made = Translation({1: Experiment(7, "file:///here", "mlflow-artifacts:/7")}, {"d1": "d9"}, {("lines", 2): 5})
    made.add_location("file:///here/run1/artifacts", 1)
    return made


def test_files_are_looked_for_where_the_server_has_them(there):
    row = {"run_uuid": "run1", "experiment_id": 1, "artifact_uri": "file:///here/run1/artifacts"}
    assert there.row("runs", row) == {
        "run_uuid": "run1", "experiment_id": 7, "artifact_uri": "mlflow-artifacts:/7/run1/artifacts"
    }  # fmt: skip
    assert there.row("runs", {"name": "n" * 300})["name"] == f"{'n' * 246} ..."  # SQLite takes any length
    assert there.location("file:///here/run1/artifacts/model") == "mlflow-artifacts:/7/run1/artifacts/model"
    assert there.location("s3://bucket/model") == "s3://bucket/model"


def test_files_that_are_not_with_their_experiment_are_refused(there):
    there.add_location("s3://bucket/run2", 1)  # on no disk: it stays there
    with pytest.raises(UserError, match="not below file:///here"):
        there.add_location("file:///elsewhere/run3/artifacts", 1)


def test_a_data_set_that_is_there_is_what_is_linked(there):
    row = {"input_uuid": "i", "source_type": "DATASET", "source_id": "d1", "destination_id": "run1"}
    assert there.row("inputs", row)["source_id"] == "d9"
    assert there.row("inputs", row | {"source_type": "RUN_OUTPUT"})["source_id"] == "d1"


def test_versions_and_what_links_them_have_their_numbers_there(there):
    assert there.row("model_versions", {"name": "lines", "version": 2, "source": "s3://m"})["version"] == 5
    shown = json.dumps([{"name": "lines", "version": 2}])
    row = {"model_id": "m", "experiment_id": 1, "tag_key": "mlflow.modelVersions", "tag_value": shown}
    assert json.loads(there.row("logged_model_tags", row)["tag_value"]) == [{"name": "lines", "version": 5}]


def test_a_description_links_to_the_experiment_there(there):
    text = "[all](#/experiments/1/runs/run1/artifacts/a.html) #/experiments/12/ #/experiments/"
    row = {"key": "mlflow.note.content", "value": text, "run_uuid": "run1"}
    assert there.row("tags", row)["value"] == text.replace("experiments/1/", "experiments/7/")
    assert there.row("tags", row | {"key": "other"})["value"] == text
