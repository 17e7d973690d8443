"""MLflow's server on this machine: started on a free port, gone with all its processes, however this one ends."""

import errno
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO
from urllib.request import ProxyHandler, build_opener

from tracked.errors import UserError
from tracked.secrets.masking import masked
from tracked.store import interrupts
from tracked.waiting import waiting

HOST = "127.0.0.1"  # MLflow has no login: not for others
SECONDS_TO_START = 300  # on a machine that has other things to do; one that fails ends sooner


def free_port(wanted: int, host: str = HOST, tries: int = 100) -> int:
    """The first port from `wanted` that nobody listens on. Raises UserError when `tries` of them are taken."""
    for port in range(wanted, wanted + tries):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except socket.gaierror:
                raise UserError(f"--host {host} is not an address of this machine") from None
            except OSError as error:
                if error.errno == errno.EADDRNOTAVAIL:
                    raise UserError(f"--host {host} is not an address of this machine") from None
                continue
            return port
    taken = f"port {wanted} is" if tries == 1 else f"ports {wanted} to {wanted + tries - 1} are"
    raise UserError(f"{taken} taken: give another with --port")


@contextmanager
def server(
    store_uri: str,
    folder: Path,
    port: int,
    *options: str,
    question: str = "health",
    host: str = HOST,
    login: bool = False,
    workers: int = 1,  # enough for one browser; MLflow's own 4 take three times as long to start
    log: IO[bytes] | None = None,
    **env: str,
) -> Iterator[subprocess.Popen[bytes]]:
    """MLflow's server on a store, started in a folder and answering; on leaving, all its processes are gone.

    `question` is what it is asked to know that it answers, `options` and `env` are for it, `log` gets what it prints.
    With `login` it asks for a user and a password. Raises UserError with its last words when it does not come up.
    """
    off = {
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_GUNICORN_OPTS": "",  # would choose another kind of server, which can't run app.py
    }
    store = {"MLFLOW_BACKEND_STORE_URI": store_uri}  # as an argument, its password would be in the list of processes
    module, app = ("tracked.admin.with_login", "tracked-login") if login else ("mlflow", "tracked")
    at = ["--host", host, "--port", str(port), "--workers", str(workers), "--app-name", app]
    with (
        nullcontext(log) if log else tempfile.TemporaryFile() as log_file,
        subprocess.Popen(
            [sys.executable, "-m", "tracked.admin.with_parent", module, "server", *at, *options],
            cwd=folder,
            env={**os.environ, **off, **store, **env},
            stdin=subprocess.PIPE,  # by which it knows that this process is there
            stdout=log_file,
            stderr=log_file,
            start_new_session=True,  # a group of its own, so that all of it can be ended
        ) as process,
    ):
        begin = log_file.tell()
        try:
            asked = {"0.0.0.0": HOST, "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
            with waiting("Starting MLflow's server"):
                answered = answers(f"http://{asked}:{port}/{question}", process)
            if not answered:
                log_file.seek(begin)
                said = masked(log_file.read().decode(errors="replace"))
                late = f"has not answered for {SECONDS_TO_START} s" if process.poll() is None else "does not start"
                raise UserError(f"MLflow's server {late}: {last_words(said)}")
            yield process
        finally:
            end_group(process)


def last_words(said: str) -> str:
    """Why a server ended: what MLflow's own exception says, else the end of what it printed."""
    return said.rpartition("MlflowException: ")[2][:1000] if "MlflowException: " in said else said[-500:]


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
