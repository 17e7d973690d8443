"""Start the MLflow server that a team shares, print what its users set, stop it on Ctrl-C.

`tracked server [--login] [--host HOST] [--port N] [--folder FOLDER]`. What it stores is in the database that
MLFLOW_BACKEND_STORE_URI names, else in an SQLite file in the folder, which has the artifacts and the users too.
"""

import argparse
import ipaddress
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

from tracked.admin.mlflow_server import HOST, free_port, server
from tracked.errors import UserError
from tracked.project import here
from tracked.waiting import waiting

SECRET, PASSWORD = "MLFLOW_FLASK_SERVER_SECRET_KEY", "MLFLOW_AUTH_ADMIN_PASSWORD"
SHORTEST = 12  # characters of a password, for MLflow
# Who is logged in writes what others share, and deletes only what is their own. A password is looked up once a minute:
# its hash, which is meant to be slow, would be most of the time of every request.
USERS = """[mlflow]
default_permission = EDIT
database_uri = {uri}
admin_username = admin
auth_cache_ttl_seconds = 60
"""


def serve(folder: Path, host: str, port: int, login: bool, workers: int) -> None:
    """Serve until interrupted. Raises UserError when something is missing, before anything is made."""
    with waiting("Opening the store"):
        from tracked.admin.shared_store import VARIABLE, prepare  # slow to import: --help need not wait for it
        from tracked.store.database_uri import uri_of

    free_port(port, host, tries=1)
    if login:
        refuse_without_login(folder)
    folder.mkdir(parents=True, exist_ok=True)
    uri = os.environ.get(VARIABLE) or uri_of(folder / "mlflow.db")
    with waiting("Opening the store"):
        prepare(uri)
    warn(host, port, login)
    env = {"MLFLOW_ARTIFACTS_DESTINATION": os.environ.get("MLFLOW_ARTIFACTS_DESTINATION") or f"{folder}/artifacts"}
    options = ["--serve-artifacts", "--uvicorn-opts", "--log-level warning"]
    if login:
        env["MLFLOW_AUTH_CONFIG_PATH"] = os.environ.get("MLFLOW_AUTH_CONFIG_PATH") or users(folder)
    with (
        (folder / "server.log").open("a+b") as log,
        server(uri, folder, port, *options, host=host, login=login, workers=workers, log=log, **env) as process,
    ):
        print(f"The server: MLFLOW_TRACKING_URI=http://{shown(host)}:{port}", "Ctrl-C ends it.", sep="\n", flush=True)
        process.wait()
        raise UserError(f"MLflow's server ended by itself: {log.name} says why")


def refuse_without_login(folder: Path) -> None:
    """Raise UserError for what the login wants of the environment, and does not find."""
    if not os.environ.get(SECRET):
        raise UserError(f"--login needs {SECRET} in the environment: any long random text, the same at every start")
    new = "MLFLOW_AUTH_CONFIG_PATH" not in os.environ and not (folder / "users.db").exists()
    if new and len(os.environ.get(PASSWORD, "")) < SHORTEST:
        told = f"at least {SHORTEST} characters, of the user admin, for the first start"
        raise UserError(f"--login needs {PASSWORD} in the environment: {told}")


def users(folder: Path) -> str:
    """The file that tells MLflow where its users are; no password is in it."""
    from tracked.store.database_uri import uri_of

    file = folder / "users.ini"
    file.write_text(USERS.format(uri=uri_of(folder / "users.db").replace("%", "%%")))  # configparser's own sign
    return str(file)


def warn(host: str, port: int, login: bool) -> None:
    """Say what others can do from their machines."""
    with suppress(ValueError):
        if ipaddress.ip_address("127.0.0.1" if host == "localhost" else host).is_loopback:
            return
    told = "passwords and data are sent unencrypted: put a proxy with HTTPS in front"
    if not login:
        told = "anyone who reaches it can read, change and delete all runs: --login asks for a password"
    print(f"warning: other machines can reach the server at {host}:{port}: {told}", file=sys.stderr)


def shown(host: str) -> str:
    """The address that others are to use."""
    name = {"0.0.0.0": socket.gethostname(), "::": socket.gethostname()}.get(host, host)  # noqa: S104
    return f"[{name}]" if ":" in name else name


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--login", action="store_true", help="ask for a user and password (MLflow's basic-auth)")
    parser.add_argument("--host", default=HOST, help="the address to listen at (default: %(default)s)")
    parser.add_argument("--port", type=int, default=5000, help="the port to listen at (default: %(default)s)")
    parser.add_argument(
        "--folder", type=Path, help="where artifacts and users are stored (default: server/ in the project)"
    )
    parser.add_argument("--workers", type=int, default=2, help="how many processes answer (default: %(default)s)")


def run(given: argparse.Namespace) -> None:
    folder = (given.folder or here().root / "server").resolve()
    serve(folder, given.host, given.port, given.login, given.workers)
