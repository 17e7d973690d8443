"""Sweeps by launchers, with what they need around them: MLflow's server, and Ray on two nodes."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
QUICK = 240.0  # seconds that nothing here takes on a machine that has time


class Sweep:
    """The command of a sweep in a clone, and what its store says."""

    def __init__(self, clone, stage: str, values: str, *more: str, uri: str = "", epochs: int = 2) -> None:
        self.clone, self.n = clone, len(range(*map(int, values.split(","))))
        self.command = ["python", "-m", f"pipeline.{stage}", "-m", f"{stage}.n_hidden=range({values})",
                        f"{stage}.epochs={epochs}", *more]  # fmt: skip
        self.uri = uri or f"sqlite:///{clone.path}/mlflow.db"
        self.env = {"MLFLOW_TRACKING_URI": uri} if uri else {}

    def run(self, ok: bool | None = True) -> dict[str, int]:
        """Run it to its end; the last line of progress: {"done": 3, "running": 0, "skipped": 1, "failed": 0}."""
        env = self.clone.env(**self.env)
        done = subprocess.run(self.command, cwd=self.clone.path, env=env, capture_output=True, text=True, check=False)
        assert ok is None or (done.returncode == 0) == ok, f"{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr
        told = [line for line in done.stdout.splitlines() if " jobs: " in line]
        assert told, f"{done.stdout}\n{done.stderr}"
        return {kind: int(n) for n, kind in (part.split()[:2] for part in told[-1].split(": ")[1].split(", "))}

    def start(self) -> subprocess.Popen[str]:
        """Start it in a process group of its own, whose leader hears Ctrl-C."""
        return subprocess.Popen(
            self.command,
            cwd=self.clone.path,
            env=self.clone.env(**self.env),
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def runs(self):
        from tracked.store.store import mlflow

        return list(mlflow.MlflowClient(self.uri).search_runs(["1"], max_results=1000))

    def jobs(self):
        """The runs of the jobs; all are below the one run of the sweep."""
        found = [run for run in self.runs() if "job" in run.data.tags]
        assert len({run.data.tags["mlflow.parentRunId"] for run in found}) <= 1
        return found

    def finished(self) -> list[str]:
        return sorted(run.info.run_name for run in self.jobs() if run.info.status == "FINISHED")

    def wait_for(self, n: int, process: subprocess.Popen[str]) -> None:
        """Until n jobs have finished, while the process sweeps."""
        until = time.monotonic() + 2 * QUICK
        while time.monotonic() < until:
            assert process.poll() is None, process.communicate()
            if self._has_a_store() and len(self.finished()) >= n:
                return
            time.sleep(0.2)
        raise AssertionError(f"{n} jobs did not finish")

    def _has_a_store(self) -> bool:
        return self.uri.startswith("http") or (self.clone.path / "mlflow.db").exists()

    def assert_complete(self) -> None:
        """Every job has finished once, none is RUNNING, and all are compared."""
        names = self.finished()
        assert len(names) == len(set(names)) == self.n, names
        assert "RUNNING" not in [run.info.status for run in self.runs()]
        (parent,) = [run for run in self.runs() if "sweep" in run.data.tags]
        assert parent.info.status == "FINISHED"
        table = max(self.clone.path.glob("multirun/*/*/comparison.csv"), key=lambda file: file.stat().st_mtime)
        assert len(table.read_text().splitlines()) == self.n + 1


def documented(section: str) -> list[list[str]]:
    """The commands of a section of docs/sweeps.md, as words, without the lines of comments."""
    text = (
        (ROOT / "docs/sweeps.md")
        .read_text()
        .partition(f"\n## {section}\n")[2]
        .partition("\n## ")[0]
        .replace("\\\n", " ")
    )
    return [shlex.split(command) for command in re.findall(r"^    ([^\s#].*)$", text, re.M)]


@pytest.fixture(scope="session")
def sweep() -> type[Sweep]:
    return Sweep


@pytest.fixture(scope="session")
def commands() -> Callable[[str], list[list[str]]]:
    return documented


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of an `mlflow server`."""
    port = free_port()
    uri = f"http://127.0.0.1:{port}"
    where = ["--host=127.0.0.1", f"--port={port}", "--workers=1"]
    files = [f"--backend-store-uri=sqlite:///{tmp_path}/server.db", f"--artifacts-destination={tmp_path}/artifacts"]
    env = {**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
    with (tmp_path / "server.log").open("w") as log:
        process = subprocess.Popen(
            [BIN / "mlflow", "server", *where, *files], env=env, stdout=log, stderr=log, start_new_session=True
        )
    try:
        until_it_answers(f"{uri}/health")
        yield uri
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class Nodes:
    """Ray on two nodes, each with a CPU and another version of `tracked`, started as the documents say. The second sees
    neither the clone nor what is installed here, and has a host name of its own, if this machine lets it."""

    def __init__(self, clone, spare: Path) -> None:
        self.clone, self.port, self.spare = clone, free_port(), spare
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("MLFLOW", "PYTHON", "RAY"))}
        self.home = {"HOME": str(spare)}  # with the token, where Ray looks for it
        self.env = {**clean, **self.home, "PYTHONPATH": str(self._other_version())}
        self.started: list[subprocess.Popen[bytes]] = []
        (_, mode), *self.commands, _, sweep = documented("On a Ray cluster")[1:]
        self.env.update([mode.split("=")])
        self.arguments = [self._at_home(word) for word in sweep if word.startswith("hydra")]

    def start(self) -> None:
        token, head, other = self.commands
        subprocess.run(self._here(token), env=self.env, check=True, capture_output=True)
        own = ["--block", "--num-cpus=1", "--object-store-memory=78643200"]
        self._start([*self._here(head), *own])
        until_it_listens(self.port)
        hidden = [self.clone.path, ROOT / "src", ROOT / "packages", ROOT / "pipeline"]
        script = "".join(f"mount -t tmpfs tmpfs {folder} && " for folder in hidden) + "hostname node2 && cd / && exec "
        command = [*self._here(other), *own]
        self.apart = subprocess.run(["unshare", "-m", "-u", "true"], capture_output=True, check=False).returncode == 0
        if self.apart:
            command = ["unshare", "-m", "-u", "sh", "-c", script + shlex.join(command)]
        else:
            print("unshare is not permitted here: the second node sees the driver's folder")
        self._start(command)
        self._wait_for_two()

    def _other_version(self) -> Path:
        """A folder that Python searches before what is installed. What is imported from there raises."""
        folder = self.spare / "other_version"
        for module in ("tracked/__init__.py", "hydra_plugins/tracked_sweepers.py"):
            (folder / module).parent.mkdir(parents=True)
            (folder / module).write_text("raise RuntimeError('another version of tracked')\n")
        return folder

    def _here(self, command: list[str]) -> list[str]:
        """A documented command with this machine's addresses and environment."""
        return [str(BIN / command[0]), *map(self._at_home, command[1:])]

    def _at_home(self, word: str) -> str:
        return word.replace("HEAD", "127.0.0.1").replace("6379", str(self.port))

    def _start(self, command: list[str]) -> None:
        with (self.spare / "ray.log").open("a") as log:
            node = subprocess.Popen(command, env=self.env, stdout=log, stderr=log, start_new_session=True)
        self.started.append(node)

    def _wait_for_two(self) -> None:
        code = (
            "import ray, sys, time; ray.init(address=sys.argv[1], log_to_driver=False)\n"
            f"end = time.time() + {QUICK}\n"
            "while len(ray.nodes()) < 2 and time.time() < end: time.sleep(0.5)\n"
            "assert len(ray.nodes()) == 2"
        )
        command = [sys.executable, "-c", code, f"127.0.0.1:{self.port}"]
        subprocess.run(command, env=self.env, check=True, capture_output=True)

    def kill_second(self) -> None:
        kill_tree(self.started[1].pid)
        self.started[1].wait()

    def stop(self) -> None:
        for process in reversed(self.started):
            kill_tree(process.pid)
            process.wait()


@pytest.fixture
def nodes(clone, tmp_path: Path) -> Iterator[Nodes]:
    made = Nodes(clone, tmp_path)
    try:
        made.start()
        yield made
    finally:
        made.stop()


def kill_tree(pid: int) -> None:
    """SIGKILL for a process and all below it."""
    try:
        top = psutil.Process(pid)
        tree = [*top.children(recursive=True), top]
    except psutil.NoSuchProcess:
        return
    for process in tree:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(tree[:-1], timeout=10)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def until_it_listens(port: int) -> None:
    until = time.monotonic() + QUICK
    while time.monotonic() < until:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError(f"nothing listens at {port}")


def until_it_answers(url: str) -> None:
    until = time.monotonic() + QUICK
    while time.monotonic() < until:
        try:
            with urlopen(url, timeout=5):  # noqa: S310
                return
        except OSError:
            time.sleep(0.3)
    raise AssertionError(f"{url} does not answer")
