"""Browse the tracked runs: start MLflow's server on this machine, print the link, stop it on Ctrl-C.

`python -m pipeline.ui [--port N]`, or `make ui`.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import ProxyHandler, build_opener

from digitrack import tracking
from digitrack.errors import UserError
from pipeline.stage import ROOT, one_line

HOST = "127.0.0.1"
SECONDS_TO_START = 60


def free_port(wanted: int) -> int:
    """The first port from `wanted` that nobody listens on."""
    for port in range(wanted, wanted + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            if port != wanted:
                print(f"port {wanted} is taken, so this is {port}")
            return port
    raise UserError(f"ports {wanted} to {wanted + 99} are taken: give another with --port")


@contextmanager
def server(store: tracking.Store, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """MLflow's server on this store, answering; on leaving, it is gone with every process that it started.

    Raises UserError with the server's last words when it does not come up.
    """
    off = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
    command = ["mlflow", "server", "--host", HOST, "--port", str(port), "--backend-store-uri", store.uri]
    command += ["--workers", "1"]  # enough for one browser; the default, 4, takes three times as long to start
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env={**os.environ, **off},
            stdout=log,
            stderr=log,
            start_new_session=True,  # a group of its own, so that all of it can be ended
        )
        try:
            question = f"api/2.0/mlflow/experiments/get?experiment_id={store.experiment_id}"  # has it open the store
            if not answers(f"http://{HOST}:{port}/{question}", process):
                log.seek(0)
                raise UserError(f"MLflow's server does not start: {log.read().decode(errors='replace')[-500:]}")
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
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C would leave some of them
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(5)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue


def browse(port: int) -> None:
    """Print the link, and serve it until interrupted if it is not an MLflow server's already."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # also where whoever started this ignores them
        signal.signal(number, signal.default_int_handler)
    store = tracking.with_runs(ROOT)
    store.renew_views()
    if store.uri.startswith("http"):
        print(store.link())
        return
    port = free_port(port)
    with server(store, port) as process:
        print(f"The runs: {store.link(f'http://{HOST}:{port}')}\nCtrl-C ends the server.", flush=True)
        process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m pipeline.ui", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=5000, help="the first port to try (default: %(default)s)")
    try:
        browse(parser.parse_args().port)
    except KeyboardInterrupt:
        pass
    except (UserError, OSError) as error:
        sys.exit(one_line(error))


if __name__ == "__main__":
    main()
