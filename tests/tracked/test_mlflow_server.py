"""MLflow's server gets a free port, and tells why it does not start."""

import signal
import socket

import pytest

from tracked.errors import UserError
from tracked.ui import mlflow_server


def test_a_taken_port_is_passed_over():
    with socket.socket() as taken:
        taken.bind((mlflow_server.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert mlflow_server.free_port(port) > port


@pytest.fixture
def signals_kept():
    """What is done with signals, as before: ending a server has this process ignore some."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_server_that_does_not_start_is_told_with_its_last_words(tmp_path, monkeypatch, signals_kept):
    assert last_words("raise SystemExit('no such store')", tmp_path, monkeypatch) == "no such store"


def test_it_listens_here_alone_and_the_list_of_processes_shows_no_password(tmp_path, monkeypatch, signals_kept):
    told = last_words("import sys; raise SystemExit(' '.join(sys.argv[1:]))", tmp_path, monkeypatch)
    assert "--host 127.0.0.1 " in told
    assert "postgresql" not in told
    told = last_words("import os; raise SystemExit(os.environ['MLFLOW_BACKEND_STORE_URI'])", tmp_path, monkeypatch)
    assert told == "postgresql://***@there/db"


def last_words(server, folder, monkeypatch):
    """What is told when this is MLflow's server."""
    (folder / "mlflow.py").write_text(server)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    port = mlflow_server.free_port(20_000)
    with (
        pytest.raises(UserError, match="MLflow's server does not start: ") as refused,
        mlflow_server.server("postgresql://ann:pw@there/db", "1", folder, port),
    ):
        pass
    return str(refused.value).partition(": ")[2].strip()
