"""Eight people log at once: `MLFLOW_BACKEND_STORE_URI=postgresql://... python bench/team.py [SECONDS]`.

The database is an empty one. Each runs a stage of 30 epochs, which trains nothing, as fast as it can: with no server
to one SQLite file, to `make server` on SQLite, and on that database. Then there once more, and the server is killed and
started again in the middle. In the end every point is looked for in the database.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parents[1]
CLIENTS = 8

Points = dict[str, dict[str, list[float]]]  # by run and figure, an epoch each


# A project of one stage, which trains nothing: it reports epochs, and writes down what it has reported.
PROJECT = {
    "pyproject.toml": '[tool.tracked]\nproject = "load:PROJECT"\n',
    "params.yaml": "client: 0\n",
    "dvc.yaml": "stages: {log: {cmd: tracked run log, params: [client], outs: [points.json]}}\n",
    "load.py": """
import json, random

from tracked import Outcome, Project

NAMES, EPOCHS = ("train_loss", "train_accuracy", "val_loss", "val_accuracy"), 30

def run(settings, folder, report):
    epochs = [{name: float(f"{random.random():.5g}") for name in NAMES} for _ in range(EPOCHS)]
    for epoch, figures in enumerate(epochs, 1):
        report(epoch, figures, EPOCHS)
    (folder / "points.json").write_text(json.dumps({name: [each[name] for each in epochs] for name in NAMES}))
    return Outcome()

PROJECT = Project(name="load", package="stages")
""",
    "stages/__init__.py": "",
    "stages/log.py": "from load import run\n",
}


def client(number: int, seconds: float) -> None:
    """Run the stage of the project in this folder again and again, and note what it has logged. A server that is gone
    is waited for."""
    from tracked import UserError, connect, run_stage, search_runs

    noted: Points = {}

    def log() -> None:
        run = run_stage("log", Path(), {"client": number})
        noted[run] = json.loads(Path("points.json").read_text())

    log()  # the first imports what the others find
    Path("ready").touch()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            log()
        except UserError:  # at its start: nothing is logged
            time.sleep(0.5)
    Path("notes").write_text(json.dumps(noted))
    for _ in range(300):
        with suppress(UserError):
            connect()  # which logs what could not be logged before
            found = search_runs("tags.stage = 'log' and attributes.status = 'FINISHED'")
            if noted.keys() <= set(found.run_id):
                return
        time.sleep(1)
    sys.exit("the server did not come back")


def logged(uri: str, folder: Path, seconds: float, midway: Callable[[], None] = lambda: None) -> Points:
    """What clients log to a store at once, each in a project of its own below `folder`; `midway` is called once."""
    begun = []
    for i in range(CLIENTS):
        own = folder / f"client{i}"
        for name, text in PROJECT.items():
            (own / name).parent.mkdir(parents=True, exist_ok=True)
            (own / name).write_text(text)
        env = {**os.environ, "MLFLOW_TRACKING_URI": uri}
        command = [sys.executable, str(Path(__file__).resolve()), "client", str(i), str(seconds)]
        begun.append(subprocess.Popen(command, cwd=own, env=env, stdout=subprocess.DEVNULL))
    while not all((folder / f"client{i}/ready").exists() for i in range(CLIENTS)):  # starting takes seconds
        assert not any(process.poll() for process in begun)
        time.sleep(0.1)
    time.sleep(seconds / 2)
    midway()
    codes = [process.wait() for process in begun]
    assert codes == [0] * CLIENTS, codes
    close = "import tracked; tracked.connect()"  # what is left RUNNING
    subprocess.run([sys.executable, "-c", close], cwd=own, env=env, check=True)
    notes = [json.loads((folder / f"client{i}/notes").read_text()) for i in range(CLIENTS)]
    return {run: points for each in notes for run, points in each.items()}


def check(points: Points, database: str, before: Collection[str] = ()) -> None:
    """Every point is in the database, once; every run is there, once, and has ended. `before` are runs of others."""
    from sqlalchemy import create_engine, text

    engine = create_engine(database)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT run_uuid, key, step, value FROM metrics")).all()
        stages = "SELECT run_uuid FROM tags WHERE key = 'stage'"
        runs = connection.execute(text(f"SELECT run_uuid, status FROM runs WHERE run_uuid IN ({stages})")).all()  # noqa: S608
    engine.dispose()
    wanted = Counter(
        (run, name, step, value)
        for run, figures in points.items()
        for name, values in figures.items()
        for step, value in enumerate(values, 1)
    )
    found = Counter(tuple(row) for row in rows if row[0] in points)
    assert found == wanted, f"{len(wanted - found)} points are missing, {len(found - wanted)} too many"
    of_points = {run: status for run, status in runs if run in points}
    assert set(of_points.values()) == {"FINISHED"}
    assert len(of_points) == len(points)
    others = Counter(status for run, status in runs if run not in points and run not in before)
    assert set(others) <= {"KILLED", "FAILED"}, others  # begun on a server that died before it had answered


class Server:
    """`make server` on a database."""

    def __init__(self, folder: Path, database: str, port: int) -> None:
        self.database, self.uri = database, f"http://127.0.0.1:{port}"
        self.command = ["tracked", "server", "--folder", str(folder), "--port", str(port)]

    def start(self) -> None:
        env = {**os.environ, "MLFLOW_BACKEND_STORE_URI": self.database}
        self.process = subprocess.Popen(self.command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
        while not self.answers():
            assert self.process.poll() is None
            time.sleep(0.2)

    def answers(self) -> bool:
        try:
            return urlopen(f"{self.uri}/health", timeout=5).status == 200  # noqa: S310
        except (URLError, OSError):
            return False

    def end(self, number: signal.Signals) -> None:
        self.process.send_signal(number)
        self.process.wait()
        while self.answers():
            time.sleep(0.1)

    def again(self) -> None:
        """Killed, and started once more."""
        self.end(signal.SIGKILL)
        self.start()


@contextmanager
def server(folder: Path, database: str, port: int) -> Iterator[Server]:
    made = Server(folder, database, port)
    made.start()
    try:
        yield made
    finally:
        made.end(signal.SIGTERM)


def main(seconds: float, postgresql: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        alone = f"sqlite:///{folder}/alone.db"
        told("one SQLite file", logged(alone, folder / "alone", seconds), alone, seconds)
        for what, database in (("SQLite", f"sqlite:///{folder}/served.db"), ("PostgreSQL", postgresql)):
            with server(folder / f"server-{what}", database, 5600) as one:
                before = logged(one.uri, folder / what, seconds)
            told(f"server on {what}", before, database, seconds)
        with server(folder / "server-killed", postgresql, 5600) as one:
            after = logged(one.uri, folder / "killed", seconds, one.again)
        told("its server killed", after, postgresql, seconds, before)


def told(what: str, points: Points, database: str, seconds: float, before: Collection[str] = ()) -> None:
    check(points, database, before)
    n = sum(len(values) for figures in points.values() for values in figures.values())
    print(f"{what:20}{len(points):6} runs{n:8} points{n / seconds:8.0f} a second, all found", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["client"]:
        client(int(sys.argv[2]), float(sys.argv[3]))
    else:
        main(float(sys.argv[1]) if len(sys.argv) > 1 else 120.0, os.environ["MLFLOW_BACKEND_STORE_URI"])
