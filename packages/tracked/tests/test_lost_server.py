"""A server that goes away in the midst of a sweep: the same command again has all of it, nothing twice."""

import time

import pytest

EPOCHS = 150  # of 10 ms, to end the server in their midst
SWEEP = ("tracked", "run", "fit_slow", "-m", f"fit_slow.epochs={EPOCHS}", "fit_slow.rate=0.01,0.02,0.03,0.04")
BY = {
    "grid": ("hydra/sweeper=grid",),
    "joblib": ("hydra/sweeper=grid", "hydra/launcher=joblib", "hydra.launcher.n_jobs=2"),
}


def jobs(tiny, uri, status):
    return [run for run in tiny.runs(uri) if "job" in run["tags"] and run["status"] == status]


@pytest.mark.long
@pytest.mark.parametrize("by", BY)
def test_a_server_killed_in_the_midst_of_a_sweep(tiny, tmp_path, by, port):
    there, sweep = tmp_path / "server", (*SWEEP, *BY[by])
    uri = f"http://127.0.0.1:{port}"
    with tiny.serve(there, port=port):
        process = tiny.start(*sweep, MLFLOW_TRACKING_URI=uri)
        while not (jobs(tiny, uri, "FINISHED") and jobs(tiny, uri, "RUNNING")):
            assert process.poll() is None, process.communicate()
            time.sleep(0.05)
    told, errors = process.communicate(timeout=300)
    assert process.returncode == 1
    assert "Traceback" not in told + errors
    assert errors.splitlines()[-1].startswith(f"error: MLFLOW_TRACKING_URI={uri} does not answer: ")

    with tiny.serve(there, port=port):
        before = {run["id"] for run in jobs(tiny, uri, "FINISHED")}
        assert before
        tiny.run(*sweep, MLFLOW_TRACKING_URI=uri)
        assert "RUNNING" not in {run["status"] for run in tiny.runs(uri)}
        finished = jobs(tiny, uri, "FINISHED")
        assert sorted(run["params"]["rate"] for run in finished) == ["0.01", "0.02", "0.03", "0.04"]
        assert before <= {run["id"] for run in finished}
        (own,) = (run for run in tiny.runs(uri) if "sweep" in run["tags"])
        assert own["status"] == "FINISHED"
        for run in finished:
            points = tiny.client(uri).get_metric_history(run["id"], "val_loss")
            assert [point.step for point in points] == [*range(1, EPOCHS + 1)]
