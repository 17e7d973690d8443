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
    fake = tmp_path / "mlflow.py"
    fake.write_text("raise SystemExit('no such store')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    port = mlflow_server.free_port(20_000)
    with (
        pytest.raises(UserError, match="MLflow's server does not start: no such store"),
        mlflow_server.server("sqlite:///none.db", "1", tmp_path, port),
    ):
        pass
