"""MLflow's server gets a free port, tells why it does not start, and ends with the process that started it."""

import signal
import socket
import subprocess
import sys

import psutil
import pytest

from tracked.admin import mlflow_server
from tracked.errors import UserError

ANSWERS = """
import subprocess, sys
from http.server import HTTPServer, SimpleHTTPRequestHandler
subprocess.Popen(["sleep", "60"])
SimpleHTTPRequestHandler.do_GET = lambda self: self.send_response(200) or self.end_headers()
HTTPServer(("127.0.0.1", int(sys.argv[5])), SimpleHTTPRequestHandler).serve_forever()
"""
SERVES = """
import sys
from pathlib import Path
from tracked.admin import mlflow_server
with mlflow_server.server("", Path.cwd(), int(sys.argv[1])) as process:
    print("there", flush=True)
    process.wait()
"""


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


def test_a_server_that_does_not_start_is_told_with_its_last_words(tmp_path, monkeypatch, signals_kept, port):
    assert last_words("raise SystemExit('no such store')", tmp_path, monkeypatch, port) == "no such store"


def test_it_listens_here_alone_and_the_list_of_processes_shows_no_password(tmp_path, monkeypatch, signals_kept, port):
    told = last_words("import sys; raise SystemExit(' '.join(sys.argv[1:]))", tmp_path, monkeypatch, port)
    assert "--host 127.0.0.1 " in told
    assert "postgresql" not in told
    told = last_words(
        "import os; raise SystemExit(os.environ['MLFLOW_BACKEND_STORE_URI'])", tmp_path, monkeypatch, port
    )
    assert told == "postgresql://***@there/db"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_with_who_started_it(tmp_path, monkeypatch, number, port):
    (tmp_path / "mlflow.py").write_text(ANSWERS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", SERVES, str(port)], cwd=tmp_path, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as starter:  # fmt: skip
        assert starter.stdout.read(5) == b"there"
        started = psutil.Process(starter.pid).children(recursive=True)
        assert len(started) == 2
        starter.send_signal(number)
    _, left = psutil.wait_procs(started, timeout=10)
    assert not left


def last_words(server, folder, monkeypatch, port):
    """What is told when this is MLflow's server."""
    (folder / "mlflow.py").write_text(server)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    with (
        pytest.raises(UserError, match="MLflow's server does not start: ") as refused,
        mlflow_server.server("postgresql://ann:pw@there/db", folder, port),
    ):
        pass
    return str(refused.value).partition(": ")[2].strip()
