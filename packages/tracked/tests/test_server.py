"""The command that serves a team refuses in one line, before it makes anything, and warns of who can reach it."""

import socket

import pytest

from tracked.admin import server
from tracked.admin.mlflow_server import free_port, last_words
from tracked.errors import UserError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where nothing is, nor in the environment."""
    for name in (server.SECRET, server.PASSWORD, "MLFLOW_AUTH_CONFIG_PATH", "MLFLOW_BACKEND_STORE_URI"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "server"


def serve(folder, port, login=False, host="127.0.0.1"):
    server.serve(folder, host, port, login, workers=1)


def test_a_login_wants_a_secret_key_and_a_first_password(folder, monkeypatch, port):
    with pytest.raises(UserError, match="--login needs MLFLOW_FLASK_SERVER_SECRET_KEY in the environment"):
        serve(folder, port, login=True)
    monkeypatch.setenv(server.SECRET, "any long text")
    for short in (None, "elevenchars"):
        if short:
            monkeypatch.setenv(server.PASSWORD, short)
        with pytest.raises(UserError, match=r"--login needs MLFLOW_AUTH_ADMIN_PASSWORD .* at least 12 characters"):
            serve(folder, port, login=True)
    assert not folder.exists()
    folder.mkdir()
    (folder / "users.db").touch()
    server.refuse_without_login(folder)


def test_a_taken_port_is_not_passed_over(folder, port):
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: one may just have ended there
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(UserError, match=f"port {port} is taken: give another with --port"):
            serve(folder, port)
    assert not folder.exists()


def test_an_address_that_is_not_here_is_refused(folder, port):
    for host in ("203.0.113.7", "no.such.host.invalid"):
        with pytest.raises(UserError, match=f"--host {host} is not an address of this machine"):
            serve(folder, port, host=host)


def test_the_file_about_users_has_no_password(folder, monkeypatch):
    monkeypatch.setenv(server.PASSWORD, "planted-password")
    folder.mkdir()
    with open(server.users(folder)) as file:
        text = file.read()
    assert f"sqlite:///{folder}/users.db" in text
    assert "planted" not in text


@pytest.mark.parametrize(("host", "login", "told"), [
    ("127.0.0.1", False, ""),
    ("localhost", False, ""),
    ("::1", False, ""),
    ("0.0.0.0", False, "anyone who reaches it can read, change and delete all runs: --login"),  # noqa: S104
    ("10.0.0.5", True, "put a proxy with HTTPS in front"),
    ("a.example.org", True, "put a proxy with HTTPS in front"),
])  # fmt: skip
def test_it_warns_of_who_can_reach_it(capsys, host, login, told):
    server.warn(host, 5000, login)
    said = capsys.readouterr().err
    assert told in said
    assert bool(said) == bool(told)
    assert len(said.splitlines()) <= 1


def test_why_a_server_ended_is_what_mlflow_says_last():
    assert last_words("a\nTraceback ...\nmlflow.exceptions.MlflowException: no key") == "no key"
    assert last_words("x" * 600) == "x" * 500


def test_one_port_is_the_one_that_was_asked_for(port):
    assert free_port(port, tries=1) == port
