"""What a team shares, started for tests: PostgreSQL at 127.0.0.1, and the server of `make server` on it."""

import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

from tracked.admin.mlflow_server import answers

ROOT = Path(__file__).parents[2]
DROPPED = ("MLFLOW", "DVC", "HYDRA", "PYTEST", "COV", "PG")  # variables that would point elsewhere


def missing(what: str, package: str) -> None:
    """Skip a test without a package; on CI, which installs all, it fails instead."""
    told = f"no {what} here: apt-get install {package}"
    if os.environ.get("CI"):
        pytest.fail(told)
    pytest.skip(told)


class Postgres:
    """A cluster of PostgreSQL's own making in a temporary folder, which asks for a password."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.port, self.password = free_port(), secrets.token_hex(8)
        # PostgreSQL refuses root, and pytest's own folders let nobody else in.
        self.who = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
        self.folder = Path(tempfile.mkdtemp(prefix="team-postgres-"))
        self.env = {**clean(), "PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": "postgres"}
        self.env |= {"PGPASSWORD": self.password}

    def make(self) -> None:
        if self.who:
            entry = pwd.getpwnam("postgres")
            os.chown(self.folder, entry.pw_uid, entry.pw_gid)
        file = self.folder / "password"
        file.write_text(self.password)
        file.chmod(0o644)
        more = ("-A", "scram-sha-256", f"--pwfile={file}", "-U", "postgres", "-N", "--no-locale", "-E", "UTF8")
        self.own("initdb", "-D", self.data, *more)
        file.unlink()

    @property
    def data(self) -> str:
        return f"{self.folder}/data"

    def own(self, program: str, *arguments: str) -> None:
        """Run a program as the user that the cluster belongs to."""
        command = [str(self.programs / program), *arguments]
        log = (self.folder / "programs.log").open("a")  # no pipe: the server would hold it open
        with log:
            done = subprocess.run(command, cwd="/", env=self.env, stdout=log, stderr=log, check=False, **self.who)
        assert done.returncode == 0, (self.folder / "programs.log").read_text()

    def run(self, program: str, *arguments: str) -> str:
        """Run one of PostgreSQL's programs as its administrator: what it prints."""
        command = [str(self.programs / program), *arguments]
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        self.own("pg_ctl", "-D", self.data, "-w", "-l", f"{self.folder}/postgres.log", "-o", options, "start")

    def stop(self, how: str = "fast") -> None:
        """`how` is pg_ctl's mode; "immediate" is a crash."""
        self.own("pg_ctl", "-D", self.data, "-w", "-m", how, "stop")

    def database(self) -> str:
        """The address of a new, empty database, its password in it."""
        name = f"team_{secrets.token_hex(4)}"
        self.run("createdb", name)
        return self.address(name)

    def address(self, name: str) -> str:
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/{name}"


class Server:
    """The server of `make server`, with a store of its own in `folder` unless `store` is the address of one."""

    def __init__(self, folder: Path, *options: str, store: str = "", port: int = 0, **env: str) -> None:
        self.folder, self.port = folder, port or free_port()
        self.uri = f"http://127.0.0.1:{self.port}"
        self.command = ["tracked", "server", "--folder", str(folder), "--port", str(self.port)]
        self.command += options
        own = {"MLFLOW_BACKEND_STORE_URI": store} if store else {}
        self.env = {**clean(), **own, **env}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """What it prints. What MLflow itself says is in server.log of its folder."""
        return self.folder.with_name(f"{self.folder.name}-printed.log")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        assert answers(f"{self.uri}/health", self.process), self.log.read_text()

    def kill(self) -> None:
        """kill -9: MLflow's processes end with it."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(30)
            while listens(self.port):
                time.sleep(0.1)


def documented(section: str, part: str = "") -> list[str]:
    """The commands of a section of docs/team.md, or of a part of it, whose headings begin so."""
    text = (ROOT / "docs/team.md").read_text()
    text = text.partition(f"\n## {section}")[2].partition("\n## ")[0]
    text = text.partition(f"\n### {part}")[2] if part else text
    text = re.sub(r"^```.*?^```", "", text.partition("\n### ")[0], flags=re.M | re.S)  # files, no commands
    return re.findall(r"^    (\S.*)$", text, re.M)


def clean() -> dict[str, str]:
    """The environment without what would lead out of a test."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(DROPPED)}
    return {**kept, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="session")
def team() -> ModuleType:
    """This file."""
    return sys.modules[__name__]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running cluster; `database()` gives the address of a new database in it."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    plain = shutil.which("initdb")
    if not found and not plain:
        missing("PostgreSQL", "postgresql")
    cluster = Postgres(found[-1] if found else Path(plain).parent)  # Debian does not have it on the PATH
    cluster.make()
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop("immediate")
        shutil.rmtree(cluster.folder)


@pytest.fixture(scope="session")
def serve() -> Callable:
    """Starts servers: `with serve(folder, store=postgres.database()) as server: server.uri`."""

    @contextmanager
    def started(folder: Path, *options: str, store: str = "", port: int = 0, **env: str) -> Iterator[Server]:
        made = Server(folder, *options, store=store, port=port, **env)
        try:
            made.start()
            yield made
        finally:
            made.stop()

    return started


@pytest.fixture(scope="session")
def team_server(postgres: Postgres, serve: Callable, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on PostgreSQL, without a login; to be used, not to be killed."""
    with serve(tmp_path_factory.mktemp("team") / "server", store=postgres.database()) as started:
        yield started
