"""A sweep by Ray on the server that a team shares."""

import mlflow
import pytest

pytestmark = pytest.mark.cluster
SWEEP = ("python", "-m", "pipeline.train_numpy", "-m", "train_numpy.n_hidden=5,20,100", "hydra/launcher=ray")


def test_jobs_on_ray_log_to_the_server(team_server, clone):
    clone.run(*SWEEP, MLFLOW_TRACKING_URI=team_server.uri)
    client = mlflow.MlflowClient(team_server.uri)
    runs = client.search_runs([client.get_experiment_by_name("digitrack").experiment_id])
    (sweep,) = [run for run in runs if "sweep" in run.data.tags]
    jobs = [run for run in runs if run.data.tags.get("mlflow.parentRunId") == sweep.info.run_id]
    assert sorted(run.data.params["n_hidden"] for run in jobs) == ["100", "20", "5"]
    assert {run.info.status for run in (sweep, *jobs)} == {"FINISHED"}
    assert not (clone.path / "mlflow.db").exists()
