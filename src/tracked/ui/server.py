"""Browse the tracked runs: start MLflow's server on this machine, print the link, stop it on Ctrl-C.

`python -m PACKAGE.ui [--port N]`, where PACKAGE holds the project's stages.
"""

import argparse
import signal
from contextlib import suppress

from tracked import interrupts
from tracked.project import ROOT, project
from tracked.restored import restore
from tracked.stages.lines import errors_in_one_line
from tracked.ui.mlflow_server import HOST, free_port, server


def browse(wanted: int) -> None:
    """Print the link, and serve it until interrupted if it is not an MLflow server's already."""
    from tracked.runs.delivery import deliver  # slow to import: --help need not wait for it
    from tracked.runs.store import with_runs

    restore()
    store = with_runs(ROOT)
    deliver(store)
    store.renew_page()
    if store.uri.startswith("http"):
        print(store.link())
        return
    port = free_port(wanted)
    if port != wanted:
        print(f"port {wanted} is taken, so this is {port}")
    question = f"api/2.0/mlflow/experiments/get?experiment_id={store.experiment_id}"  # has it open the store
    with server(store.uri, ROOT, port, question=question) as process:
        print(f"The runs: {store.link(f'http://{HOST}:{port}')}\nCtrl-C ends the server.", flush=True)
        process.wait()


def main() -> None:
    """The command. Exits with one line and code 1 when there is nothing to show."""
    about = __doc__.partition("\n")[0]
    parser = argparse.ArgumentParser(prog=f"python -m {project().module('ui')}", description=about)
    parser.add_argument("--port", type=int, default=5000, help="the first port to try (default: %(default)s)")
    port = parser.parse_args().port
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)  # also where whoever started this ignores them
    interrupts.install()
    with errors_in_one_line(), suppress(KeyboardInterrupt):  # which is how it is meant to end
        browse(port)
    interrupts.forget()
