"""MLflow's own basic authentication: who is let in works as ever, all others are told in one line what to set."""

import pytest
import requests

ADMIN, ANN, BOB = "pl4nted-of-the-admin", "pl4nted-of-ann-1", "pl4nted-of-bob-1"
SETTINGS = """
[mlflow]
default_permission = READ
database_uri = sqlite:///users.db
admin_username = admin
"""
BROWSE = "from tracked.admin.ui import browse\nbrowse(5000)"


def user(name, password):
    """The variables that say who one is."""
    return {"MLFLOW_TRACKING_USERNAME": name, "MLFLOW_TRACKING_PASSWORD": password}


def refused(tiny, **env):
    """What is said to somebody who is not let in."""
    done = tiny.run("python", "-m", "tiny.make", ok=False, **env)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    return line


@pytest.fixture
def uri(tiny, tmp_path):
    """The address of a server that knows two users."""
    folder = tmp_path / "server"
    folder.mkdir()
    (folder / "users.ini").write_text(SETTINGS)
    own = {"MLFLOW_AUTH_CONFIG_PATH": f"{folder}/users.ini", "MLFLOW_FLASK_SERVER_SECRET_KEY": "pl4nted-of-the-server"}
    with tiny.serve(folder, "--app-name", "basic-auth", MLFLOW_AUTH_ADMIN_PASSWORD=ADMIN, **own) as uri:
        for name, password in (("ann", ANN), ("bob", BOB)):
            requests.post(
                f"{uri}/api/2.0/mlflow/users/create",
                json={"username": name, "password": password},
                auth=("admin", ADMIN),
                timeout=60,
            ).raise_for_status()
        yield uri


@pytest.mark.long
def test_who_has_a_password_is_let_in_and_nobody_else(tiny, uri, tmp_path):
    ann = {"MLFLOW_TRACKING_URI": uri, **user("ann", ANN)}
    told = [tiny.stages(**ann).stdout]
    told.append(tiny.run("python", "-m", "tiny.fit_fast", "-m", "fit_fast.epochs=1,2", **ann).stdout)
    link = tiny.python(BROWSE, **ann).stdout
    assert link.startswith(f"{uri}/#/experiments/")
    told.append(link)

    for who in (user("ann", "pl4nted-wrong"), user("nobody", ANN), {}):
        told.append(refused(tiny, MLFLOW_TRACKING_URI=uri, **who))
        assert told[-1].startswith(f"error: MLFLOW_TRACKING_URI={uri} asks for a login (401): set ")
        assert "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD" in told[-1]
    told.append(refused(tiny, MLFLOW_TRACKING_URI=uri, **user("bob", BOB)))
    assert told[-1].startswith(f"error: MLFLOW_TRACKING_URI={uri} does not allow this user to use the experiment (403)")
    in_the_address = uri.replace("://", f"://ann:{ANN}@")
    told.append(tiny.stages("make", MLFLOW_TRACKING_URI=in_the_address).stdout)

    assert "pl4nted" not in "".join(told)
    written = [file for folder in (tiny.path, tmp_path / "server") for file in folder.rglob("*") if file.is_file()]
    assert len(written) > 100
    assert not [file for file in written if b"pl4nted" in file.read_bytes()]
