"""A backup taken while runs are going on is complete up to a moment: restored elsewhere, what it has can be used."""

import json
import re
import shutil
import subprocess
import threading
import time

import mlflow
import pytest

pytestmark = pytest.mark.team
SWEEP = ("python", "-m", "pipeline.train_numpy", "-m", "train_numpy.n_hidden=5,10,20,30,40", "train_numpy.epochs=20")


def bash(commands, folder, env):
    for command in commands:
        done = subprocess.run(
            ["bash", "-ec", command], cwd=folder, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


def finished_jobs(clone):
    return [run for run in clone.runs() if "job" in run["tags"] and run["status"] == "FINISHED"]


def test_a_store_is_backed_up_while_a_sweep_runs_which_goes_on_elsewhere(finished, team, tmp_path):
    ignored = shutil.ignore_patterns("mlflow.db*", "mlartifacts")
    elsewhere = shutil.copytree(finished.path, tmp_path / "elsewhere", symlinks=True, ignore=ignored)
    backup, restore = team.documented("Backup and restore", "The store of one machine")
    sweep = finished.start(*SWEEP)
    while not finished_jobs(finished):
        assert sweep.poll() is None, sweep.communicate()
        time.sleep(0.05)
    bash([backup], finished.path, finished.env())
    sweep.communicate(timeout=300)
    shutil.move(finished.path / "backup", elsewhere)
    bash([restore], elsewhere, finished.env())

    other = type(finished)(elsewhere, fill=False)
    jobs = finished_jobs(other)
    assert jobs
    for run in jobs:
        points = other.client().get_metric_history(run["id"], "val_loss")
        assert [point.step for point in points] == [*range(1, 21)]
    assert "p(9)" in other.run("python", "-m", "pipeline.predict", "docs/images/digit.png").stdout
    again = other.run(*SWEEP).stdout
    (counts,) = re.findall(r"^5 jobs: (\d+) done, 0 running, (\d+) skipped, 0 failed$", again, re.M)
    assert counts == (str(5 - len(jobs)), str(len(jobs)))
    assert "RUNNING" not in {run["status"] for run in other.runs()}


@pytest.fixture
def mlflow_database(postgres, team):
    """The database that the document makes, and the environment of those who may use it."""
    create_user, create_database, export, _ = team.documented("The server", "PostgreSQL")
    bash([create_user.replace("--pwprompt ", ""), create_database], "/", postgres.env)
    postgres.run("psql", "-qc", "ALTER ROLE mlflow PASSWORD 'only-in-the-environment'", "mlflow")
    address = export.partition("=")[2].replace("HOST", f"127.0.0.1:{postgres.port}")
    yield address, {**postgres.env, "PGUSER": "mlflow", "PGPASSWORD": "only-in-the-environment"}
    postgres.run("dropdb", "--if-exists", "--force", "mlflow")
    postgres.run("dropuser", "mlflow")


def test_a_server_is_backed_up_while_runs_are_logged(mlflow_database, postgres, team, serve, tmp_path):
    address, env = mlflow_database
    password = {"PGPASSWORD": env["PGPASSWORD"]}
    *backup, create, load, folder, copy = team.documented("Backup and restore", "A server on PostgreSQL")
    assert [command.split()[0] for command in backup] == ["pg_dump", "tracked"]
    with serve(tmp_path / "server", store=address, **password) as server:
        logger = Logger(server.uri)
        logger.start()
        logger.wait_for(5)
        bash(backup, tmp_path, env)
        logger.over.set()
        logger.join()
    before = len(logger.finished)
    shutil.rmtree(tmp_path / "server")
    postgres.run("dropdb", "--force", "mlflow")

    bash([create], tmp_path, postgres.env)
    bash([load, folder, copy], tmp_path, env)
    with serve(tmp_path / "server", store=address, **password) as server:
        client = mlflow.MlflowClient(server.uri)
        runs = client.search_runs([logger.experiment], "attributes.status = 'FINISHED'")
        assert 5 <= len(runs) <= before
        assert {run.info.run_id for run in runs} == set(logger.finished[: len(runs)])  # up to a moment
        for run in runs:
            assert run.data.metrics == {"n": int(run.data.params["n"])}
            file = client.download_artifacts(run.info.run_id, "n.json", str(tmp_path))
            with open(file) as opened:
                assert json.load(opened) == {"n": int(run.data.params["n"])}


class Logger(threading.Thread):
    """Logs run after run until it is over."""

    def __init__(self, uri):
        super().__init__(daemon=True)
        self.client, self.over, self.finished = mlflow.MlflowClient(uri), threading.Event(), []
        self.experiment = self.client.create_experiment("backed up")

    def run(self):
        while not self.over.is_set():
            n, run_id = len(self.finished), self.client.create_run(self.experiment).info.run_id
            self.client.log_param(run_id, "n", n)
            self.client.log_metric(run_id, "n", n)
            self.client.log_dict(run_id, {"n": n}, "n.json")
            self.client.set_terminated(run_id)
            self.finished.append(run_id)

    def wait_for(self, n):
        while len(self.finished) < n:
            assert self.is_alive()
            time.sleep(0.05)
