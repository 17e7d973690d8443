"""Browse the tracked runs: start MLflow's server on this machine, print the link, stop it on Ctrl-C.

`tracked ui [--port N]`.
"""

import argparse

from tracked.admin.mlflow_server import HOST, free_port, server
from tracked.project import here
from tracked.runs.sync import sync
from tracked.waiting import waiting


def browse(wanted: int) -> None:
    """Print the link, and serve it until interrupted if it is not an MLflow server's already."""
    with waiting("Opening the runs"):
        from tracked.runs.delivery import deliver  # slow to import: --help need not wait for it
        from tracked.store.store import with_runs

        sync()
        store = with_runs(here().root)
        deliver(store)
        store.renew_page()
    if store.uri.startswith("http"):
        print(store.link())
        return
    port = free_port(wanted)
    if port != wanted:
        print(f"port {wanted} is taken, using {port}")
    question = f"api/2.0/mlflow/experiments/get?experiment_id={store.experiment_id}"  # has it open the store
    with server(store.uri, here().root, port, question=question) as process:
        print(f"The runs: {store.link(f'http://{HOST}:{port}')}\nCtrl-C ends the server.", flush=True)
        process.wait()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=5000, help="the first port to try (default: %(default)s)")


def run(given: argparse.Namespace) -> None:
    browse(given.port)
