"""MLflow's server on this machine: started on a free port, gone with all its processes, however this one ends."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

from tracked import interrupts
from tracked.errors import UserError
from tracked.masking import masked

HOST = "127.0.0.1"  # MLflow has no login: not for others
SECONDS_TO_START = 120  # on a busy machine


def free_port(wanted: int) -> int:
    """The first port from `wanted` that nobody listens on. Raises UserError when a hundred are taken."""
    for port in range(wanted, wanted + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise UserError(f"ports {wanted} to {wanted + 99} are taken: give another with --port")


@contextmanager
def server(store_uri: str, experiment_id: str, folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """MLflow's server on a store, started in a folder and answering; on leaving, all its processes are gone.

    Raises UserError with the server's last words when it does not come up.
    """
    off = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
    store = {"MLFLOW_BACKEND_STORE_URI": store_uri}  # as an argument, its password would be in the list of processes
    command = ["mlflow", "server", "--host", HOST, "--port", str(port)]
    command += ["--workers", "1"]  # enough for one browser; the default, 4, takes three times as long to start
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(
            [sys.executable, "-m", "tracked.ui.with_parent", *command],
            cwd=folder,
            env={**os.environ, **off, **store},
            stdin=subprocess.PIPE,  # by which it knows that this process is there
            stdout=log,
            stderr=log,
            start_new_session=True,  # a group of its own, so that all of it can be ended
        ) as process,
    ):
        try:
            question = f"api/2.0/mlflow/experiments/get?experiment_id={experiment_id}"  # has it open the store
            if not answers(f"http://{HOST}:{port}/{question}", process):
                late = f"has not answered for {SECONDS_TO_START} s" if process.poll() is None else "does not start"
                log.seek(0)
                words = masked(log.read().decode(errors="replace"))[-500:]
                raise UserError(f"MLflow's server {late}: {words}")
            yield process
        finally:
            end_group(process)


def answers(url: str, process: subprocess.Popen[bytes]) -> bool:
    """Wait until the server answers; False when it ended or took too long."""
    opener = build_opener(ProxyHandler({}))  # a proxy of the environment is not for this machine
    deadline = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with opener.open(url, timeout=5):
                return True
        except OSError:
            time.sleep(0.1)
    return False


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started, politely first."""
    interrupts.ignore()  # a second Ctrl-C would leave some of them
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(5)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
