"""The project on a server with a login, on PostgreSQL, by MLFLOW_TRACKING_URI alone: two people, each with a clone."""

import os
import shlex
import subprocess

import mlflow
import pytest
from mlflow.exceptions import MlflowException

pytestmark = [pytest.mark.team, pytest.mark.xdist_group("project")]
ADMIN, ANN, BOB = "pl4nted-of-the-admin", "pl4nted-of-ann-1", "pl4nted-of-bob-1"


def login(name, password):
    patient = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "60"}  # on a machine that has much to do
    return patient | {"MLFLOW_TRACKING_USERNAME": name, "MLFLOW_TRACKING_PASSWORD": password}


def home(command, server):
    """A documented command with this server's address."""
    return command.replace("HOST:5000", f"127.0.0.1:{server.port}")


@pytest.fixture(scope="module")
def server(serve, team, postgres, tmp_path_factory):
    """A server that knows the users ann and bob."""
    own = {"MLFLOW_FLASK_SERVER_SECRET_KEY": "pl4nted-of-the-server", "MLFLOW_AUTH_ADMIN_PASSWORD": ADMIN}
    export, start, curl = team.documented("The server", "A login")
    assert export.split()[1:] == [f"{name}=..." for name in own]
    with serve(tmp_path_factory.mktemp("login") / "server", "--login", store=postgres.database(), **own) as started:
        make = subprocess.run(["make", "-n", "-C", team.ROOT, *shlex.split(start)[1:]], capture_output=True, text=True)
        assert any(line.endswith("tracked server --login") for line in make.stdout.splitlines())
        for name, password in (("ann", ANN), ("bob", BOB)):
            command = home(curl, started).replace("-u admin", f"-fsS -u admin:{ADMIN}")
            command = command.replace('"ann"', f'"{name}"').replace('"..."', f'"{password}"')
            subprocess.run(["bash", "-ec", command], check=True, capture_output=True)
        yield started


@pytest.fixture(scope="module")
def everybody(server, team, short_clone, tmp_path_factory):
    """Ann's clone, in which the commands of the document have run, and what each printed, by its first word."""
    clone = short_clone(tmp_path_factory.mktemp("ann") / "clone")
    export, *commands = team.documented("Everybody else")
    name, _, value = home(export, server).removeprefix("export ").partition("=")
    clone.ann = {name: value, **login("ann", ANN)}
    clone.told = {}
    for command in commands:
        if command.startswith("make "):
            dry = clone.run("make", "-n", *command.split()[1:]).stdout.splitlines()
            (command,) = [line for line in dry if line.startswith("tracked ui")]
        clone.told[command] = clone.run("bash", "-ec", command, **clone.ann).stdout
    return clone


@pytest.fixture
def client(server, monkeypatch):
    """Asks the server as its administrator."""
    for name, value in login("admin", ADMIN).items():
        monkeypatch.setenv(name, value)
    return mlflow.MlflowClient(server.uri)


@pytest.fixture(scope="module")
def browser(browser, team):
    """bench/browser.py, where there is a browser."""
    if browser.CHROMIUM is None:
        team.missing("Chromium", "chromium")
    return browser


def runs(client):
    experiment = client.get_experiment_by_name("digitrack")
    return list(client.search_runs([experiment.experiment_id], max_results=1000))


def test_all_that_the_document_says_works(everybody, client):
    assert sum("digit" in told and "p(9)" in told for told in everybody.told.values()) == 1
    found = runs(client)
    assert {run.info.status for run in found} == {"FINISHED"}
    assert {"split", "train_keras", "train_numpy", "evaluate"} <= {run.data.tags.get("stage") for run in found}
    assert sorted(run.data.params["n_hidden"] for run in found if "job" in run.data.tags) == ["20", "5"]
    assert not (everybody.path / "mlflow.db").exists()
    assert not (everybody.path / "mlartifacts").exists()
    champion = client.get_model_version_by_alias("digits", "champion")
    assert {"test_accuracy", "model_md5"} <= champion.tags.keys()


def test_another_member_shares_the_experiment_and_deletes_none_of_it(everybody, server, client, short_clone, tmp_path,
                                                                       monkeypatch):  # fmt: skip
    before = {run.info.run_id for run in runs(client)}
    bob = short_clone(tmp_path / "clone")
    bob.stage("split", MLFLOW_TRACKING_URI=server.uri, **login("bob", BOB))
    new = [run for run in runs(client) if run.info.run_id not in before]
    assert "split" in [run.data.tags.get("stage") for run in new]
    assert {run.info.status for run in new} == {"FINISHED"}
    for name, value in login("bob", BOB).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(MlflowException, match="403"):
        mlflow.MlflowClient(server.uri).delete_run(before.pop())


def test_nobody_else_is_let_in(everybody, server):
    for who in (login("ann", "pl4nted-wrong"), login("nobody", ANN), {}):
        done = everybody.stage("split", ok=False, MLFLOW_TRACKING_URI=server.uri, **who)
        assert done.returncode == 1
        (line,) = done.stderr.splitlines()
        assert line.startswith(f"error: MLFLOW_TRACKING_URI={server.uri} asks for a login (401): set ")


def test_the_link_of_make_ui_shows_the_runs_in_a_browser(everybody, server, browser):
    (link,) = [told.strip() for command, told in everybody.told.items() if command.startswith("tracked ui")]
    assert link.startswith(f"{server.uri}/#/")
    with browser.browser() as opened:
        context = opened.new_context(http_credentials={"username": "ann", "password": ANN})
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(link)
        page.get_by_text("matching runs").wait_for()
        page.locator(".ag-row", has_text="pipeline").first.wait_for()
        context.close()


def test_no_password_is_written_anywhere(everybody, server):
    written = [file for place in (everybody.path, server.folder) for file in place.rglob("*") if file.is_file()]
    written = [file for file in written if not {"tests", ".git"} & {*file.parts}]
    assert len(written) > 100
    assert not [file for file in (*written, server.log) if b"pl4nted" in file.read_bytes()]
    assert "pl4nted" not in "".join(everybody.told.values())
    shown = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True, check=True).stdout
    assert "pl4nted-of-the-" not in shown
    assert os.environ.get("MLFLOW_AUTH_ADMIN_PASSWORD") is None
