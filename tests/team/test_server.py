"""The server of `make server`: what it stores where, who is let in, and what it says when it can't serve."""

import mlflow
import pytest

pytestmark = pytest.mark.team


def test_runs_are_in_postgresql_and_artifacts_in_the_folder(team_server, postgres):
    client = mlflow.MlflowClient(team_server.uri)
    run = client.create_run(client.create_experiment("stored")).info
    client.log_text(run.run_id, "hello", "a.txt")
    assert run.artifact_uri.startswith("mlflow-artifacts:/")
    (file,) = (team_server.folder / "artifacts").rglob("a.txt")
    assert file.read_text() == "hello"
    assert not (team_server.folder / "mlflow.db").exists()
    name = team_server.env["MLFLOW_BACKEND_STORE_URI"].rpartition("/")[2]
    assert postgres.run("psql", "-Atc", f"SELECT count(*) FROM runs WHERE run_uuid = '{run.run_id}'", name) == "1\n"  # noqa: S608
