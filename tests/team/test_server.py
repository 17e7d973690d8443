"""The server of `make server`: what it stores where, and what it says when it can't serve."""

import subprocess

import mlflow
import pytest
import sqlalchemy
from alembic import command
from alembic.script import ScriptDirectory
from mlflow.store.db.utils import _get_alembic_config
from mlflow.store.tracking.dbmodels.initial_models import Base

pytestmark = pytest.mark.team
COLUMNS = "(experiment_id, name, artifact_location, lifecycle_stage)"


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


def test_no_password_is_in_the_list_of_processes_or_in_what_it_says(team_server, postgres):
    shown = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True, check=True).stdout
    assert f"--port {team_server.port}" in shown
    assert postgres.password not in shown
    for said in (team_server.log, team_server.folder / "server.log"):
        assert postgres.password not in said.read_text()


def refused(team, folder, *options, **env):
    """The one line of a server that does not start."""
    command = ["tracked", "server", "--folder", str(folder), "--port", str(team.free_port())]
    done = subprocess.run(
        [*command, *options],
        cwd=team.ROOT,
        env={**team.clean(), **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    (line,) = done.stderr.splitlines()
    return line


def test_a_database_that_is_of_no_use_is_one_line(team, postgres, tmp_path):
    address = postgres.database()
    wrong = {
        address.replace(postgres.password, "wr0ng-password"): "password authentication failed",
        postgres.address("nowhere"): 'database "nowhere" does not exist',
        address.replace(str(postgres.port), str(team.free_port())): "Connection refused",
        address.replace("postgresql:", "oracle:"): "its driver is not installed",
        "postgres": "is not the address of a database",
    }
    for store, told in wrong.items():
        line = refused(team, tmp_path / "server", MLFLOW_BACKEND_STORE_URI=store)
        assert line.startswith("error: MLFLOW_BACKEND_STORE_URI=")
        assert told in line
        assert postgres.password not in line
        assert "wr0ng-password" not in line


def test_a_database_of_an_older_mlflow_is_left_as_it_is_until_it_is_upgraded(team, postgres, serve, tmp_path):
    address = postgres.database()
    config = _get_alembic_config(address)
    scripts = ScriptDirectory.from_config(config)
    old = scripts.get_revision(scripts.get_current_head()).down_revision
    engine = sqlalchemy.create_engine(address)
    Base.metadata.create_all(engine)
    command.upgrade(config, old)
    with engine.begin() as connection:
        values = "VALUES (1, 'digitrack', 'mlflow-artifacts:/1', 'active')"
        connection.execute(sqlalchemy.text(f"INSERT INTO experiments {COLUMNS} {values}"))
    engine.dispose()
    line = refused(team, tmp_path / "server", MLFLOW_BACKEND_STORE_URI=address)
    assert f"was made by another version of MLflow (its tables are {old}): back it up" in line

    (upgrade,) = team.documented("Upgrade")
    name = address.rpartition("/")[2]
    upgrade = upgrade.replace("mlflow@HOST/mlflow", f"postgres@127.0.0.1:{postgres.port}/{name}")
    subprocess.run(["bash", "-ec", upgrade], env=postgres.env, check=True, capture_output=True)
    with serve(tmp_path / "server", store=address) as server:
        assert mlflow.MlflowClient(server.uri).get_experiment("1").name == "digitrack"
