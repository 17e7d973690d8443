"""Time a store of many runs: `python .../bench/scale.py 100 1000 10000`, in a clone in which `dvc repro` and then
`python .../bench/filled.py 2 10` have run.

The runs are copies of the clone's own, row by row under new ids. Of each store: its size; the run list in Chromium; a
sweep of 100 jobs, and the same again with nothing left to run; `dvc repro` with nothing to do; `evaluate`.
"""

import hashlib
import os
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import browser
from repository import environment
from ui import until_runs

OF_RUNS = ("runs", "params", "tags", "metrics", "latest_metrics", "inputs", "input_tags")
OF_MODELS = ("logged_models", "logged_model_params", "logged_model_tags", "logged_model_metrics")
COPIED = (*OF_RUNS, *OF_MODELS, "model_versions", "model_version_tags")
PLACES = {"artifact_uri", "artifact_location", "source", "storage_location"}  # of the files, which are not copied
OWN = "SELECT value FROM tags WHERE key IN ('configuration', 'sweep', 'job', 'model_md5')"
IDS = f"SELECT run_uuid FROM runs UNION SELECT substr(model_id, 3) FROM logged_models UNION {OWN}"  # noqa: S608
HOUR = 3_600_000
SWEEP = ("python", "-m", "pipeline.train_numpy", "-m", "train_numpy.n_hidden=range(15,115)", "train_numpy.epochs=2")


def fill(store: Path, n: int) -> None:
    """Add copies to a store until it has n runs, the later the older."""
    with sqlite3.connect(store) as connection:
        ids = {value for (value,) in connection.execute(IDS)}
        rows = {table: _rows(connection, table) for table in COPIED}
        for copy in range(1, n // len(rows["runs"])):
            for table in COPIED:
                made = [_renamed(row, copy, ids) for row in rows[table]]
                marks = ", ".join(f":{column}" for column in made[0])
                connection.executemany(f"INSERT INTO {table} ({', '.join(made[0])}) VALUES ({marks})", made)  # noqa: S608


def _rows(connection: sqlite3.Connection, table: str) -> list[dict]:
    found = connection.execute(f"SELECT * FROM {table}")  # noqa: S608
    return [dict(zip((column[0] for column in found.description), row, strict=True)) for row in found]


def _renamed(row: dict, copy: int, ids: set[str]) -> dict:
    """A row of a copy: what tells runs, models and settings apart is another, and it is older."""

    def other(match: re.Match) -> str:
        return _hash(copy, match[0]) if match[0] in ids else match[0]

    new = dict(row)
    for column, value in row.items():
        if isinstance(value, str) and column not in PLACES:
            new[column] = re.sub(r"[0-9a-f]{16,32}", other, value)
        elif column in ("start_time", "end_time") and value:
            new[column] = value - copy * HOUR
    if "input_uuid" in row:
        new["input_uuid"] = _hash(copy, row["input_uuid"])
    if "version" in row:
        new["version"] = row["version"] + 1000 * copy
    return new


def _hash(copy: int, text: str) -> str:
    return hashlib.md5(f"{copy} {text}".encode(), usedforsecurity=False).hexdigest()[: len(text)]


def seconds(command: tuple[str, ...], env: dict[str, str], told: str = "") -> float:
    started = perf_counter()
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert told in done.stdout, done.stdout
    return perf_counter() - started


def measure(here: Path, folder: Path, n: int) -> None:
    store = folder / "mlflow.db"
    shutil.copy(here / "mlflow.db", store)
    fill(store, n)
    env = environment(here, MLFLOW_TRACKING_URI=f"sqlite:///{store}")
    print(f"{n} runs: {store.stat().st_size / 1e6:.1f} MB", flush=True)
    evaluate = ("python", "-m", "pipeline.evaluate")
    for what, take in {
        "open the store": lambda: seconds(("python", "-c", OPEN), env),
        "100 new jobs": lambda: seconds(SWEEP, env, "100 done"),
        "none of 100 jobs left": lambda: seconds(SWEEP, env, "100 skipped"),
        "dvc repro, nothing to do": lambda: seconds(("dvc", "repro"), env),
        "evaluate": lambda: seconds(evaluate, {**env, "DVC_STAGE": "evaluate"}),
    }.items():
        print(f"  {what:26}" + _several(take, 1 if what == "100 new jobs" else 3), flush=True)
    if browser.CHROMIUM:
        with browser.browser() as opened, browser.ui(here, env, "--port", "5700") as (link, _):
            print(f"  {'the list in Chromium':26}" + _several(lambda: until_runs(browser.new_page(opened), link), 5))


OPEN = "import tracked; tracked.connect()"


def _several(take: Callable[[], float], times: int) -> str:
    """The middle one, and all."""
    found = [take() for _ in range(times)]
    return f"{statistics.median(found):6.1f} s  ({', '.join(f'{value:.1f}' for value in sorted(found))})"


if __name__ == "__main__":
    for number in map(int, sys.argv[1:]):
        with tempfile.TemporaryDirectory() as name:
            measure(Path(os.getcwd()), Path(name), number)
