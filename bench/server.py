"""Time a team's server beside SQLite: `MLFLOW_BACKEND_STORE_URI=postgresql://... python bench/server.py [REPEATS]`.

The database is an empty one. In clones of HEAD, with SQLite and with `make server` on that database in turn: `dvc
repro` of all stages, and a sweep of ten jobs.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import repository
from team import server

SWEEP = ("python", "-m", "pipeline.train_numpy", "-m", "train_numpy.n_hidden=range(5,15)")
TIMED = {"dvc repro": ("dvc", "repro", "-f"), "10 jobs": SWEEP}


def once(folder: Path, **env: str) -> dict[str, float]:
    """Seconds of each command in a new clone."""
    clone = repository.clone(folder)
    seconds = {}
    for what, command in TIMED.items():
        started = perf_counter()
        subprocess.run(command, cwd=clone, env=repository.environment(clone, **env), capture_output=True, check=True)
        seconds[what] = perf_counter() - started
    return seconds


def main(repeats: int, database: str) -> None:
    found: dict[str, list[dict[str, float]]] = {"SQLite": [], "server": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with server(folder / "server", database, 5600) as one:
            for i in range(repeats):
                found["SQLite"].append(once(folder / f"alone{i}"))
                experiment = f"bench{i}"  # of its own, or it would find its jobs finished
                env = {"MLFLOW_TRACKING_URI": one.uri, "MLFLOW_EXPERIMENT_NAME": experiment}
                found["server"].append(once(folder / f"served{i}", **env))
                print({who: rows[-1] for who, rows in found.items()}, flush=True)
    for what in TIMED:
        alone, served = (statistics.median(row[what] for row in found[who]) for who in found)
        print(f"{what:10}  SQLite {alone:6.2f} s, server {served:6.2f} s: {served / alone:.2f} times")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3, os.environ["MLFLOW_BACKEND_STORE_URI"])
