"""Killed at random moments, in every way of starting: the same command then finishes, and nothing is lost or doubled.

Four minutes times `SOAK` (1) are for all ways together, on two cores; `SOAK_SEED` repeats the moments.
"""

import json
import os
import random
import signal
import sqlite3
import subprocess
import time
from collections import Counter

import psutil
import pytest

MINUTES = 4 * float(os.environ.get("SOAK", "1"))
SEED = int(os.environ.get("SOAK_SEED", "0"))
EPOCHS = 120  # of 10 ms
SWEEP = (
    "python",
    "-m",
    "tiny.fit_slow",
    "-m",
    "hydra/sweeper=grid",
    f"fit_slow.epochs={EPOCHS}",
    "hydra.sweep.dir=swept",
)
COMMANDS = {
    "stage": ("python", "-m", "tiny.fit_slow", f"fit_slow.epochs={EPOCHS}"),
    "repro": ("dvc", "repro"),
    "sweep": SWEEP,
    "joblib": (*SWEEP, "hydra/launcher=joblib", "hydra.launcher.n_jobs=2"),
    "ui": ("tracked", "ui", "--port", "5600"),
}
SENT = {
    "SIGINT": [signal.SIGINT],
    "SIGINT twice": [signal.SIGINT, signal.SIGINT],
    "SIGTERM": [signal.SIGTERM],
    "SIGKILL": [signal.SIGKILL],
}


@pytest.mark.soak
@pytest.mark.parametrize("way", COMMANDS)
def test_kills_at_random_moments_are_survived(tiny, way):
    prepare(tiny)
    chance = random.Random(SEED)  # noqa: S311, moments
    seconds = timed(tiny, way, 0)
    end, n_kills, n_healed = time.monotonic() + 60 * MINUTES * 2 / len(COMMANDS), Counter(), 0
    while time.monotonic() < end:
        for sent, numbers in SENT.items():
            n = n_kills.total() + 1
            before = finished(tiny)
            told, code, late = kill(tiny, way, n, chance.uniform(0, seconds), numbers)
            if way == "repro" and code == 0:
                assert not late, f"{sent}: it ran on\n{told}"
            if way == "repro":
                n_healed += healed(tiny)
            again = complete(tiny, way, n)
            check(tiny, way, before, told, again)
            n_kills[sent] += 1
    print(f"{way}: {dict(n_kills)} survived; a file of DVC's was cut off {n_healed} times")


def prepare(tiny):
    tiny.run("dvc", "init", "-q")
    tiny.commit()
    tiny.stages()


def command(tiny, way, n):
    """The command, with something to do that was not done before."""
    rates = ",".join(f"{n / 1e4 + k / 1e6:.6f}" for k in range(1, 5))
    if way == "repro":
        tiny.settings(seed=n, fit_slow={"rate": 0.01, "epochs": EPOCHS})
    return {"stage": (f"seed={n}",), "sweep": (f"fit_slow.rate={rates}",), "joblib": (f"fit_slow.rate={rates}",)}.get(
        way, ()
    )


def started(tiny, way, n):
    return subprocess.Popen(
        [*COMMANDS[way], *command(tiny, way, n)],
        cwd=tiny.path,
        env=tiny.env(),
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def kill(tiny, way, n, after, numbers):
    """Kill the command and all that it started, as a terminal does. What it told, how it ended, and whether it began
    another run afterwards."""
    process = started(tiny, way, n)
    time.sleep(after)
    servers = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    at = time.time()
    for number in numbers:
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        time.sleep(0.05)
    try:
        told, _ = process.communicate(timeout=120)
    finally:
        for server in servers:  # MLflow's, in a session of its own: nobody ends it when the command is killed outright
            if server.is_running():
                server.kill()
    late = [run for run in tiny.client().search_runs(["1"]) if run.info.start_time > 1000 * (at + 0.5)]
    return told, process.returncode, late


def complete(tiny, way, n):
    """Run the same command to its end; what it tells."""
    process = started(tiny, way, n)
    if way == "ui":
        for line in process.stdout:
            if "Ctrl-C ends the server" in line:
                break
        os.killpg(process.pid, signal.SIGINT)
    told, _ = process.communicate(timeout=300)
    assert process.returncode == 0, told
    return told


def healed(tiny):
    """DVC writes its lock files in place: killed within that, it leaves one that has to be removed. Whether it did."""
    rwlock, lock = tiny.path / ".dvc/tmp/rwlock", tiny.path / "dvc.lock"
    try:
        json.loads(rwlock.read_text())
    except FileNotFoundError:
        pass
    except json.JSONDecodeError:
        assert "Unable to read RWLock-file" in tiny.run("dvc", "repro", ok=False).stderr
        rwlock.unlink()
        return True
    status = subprocess.run(
        ["dvc", "status"], cwd=tiny.path, env=tiny.env(), capture_output=True, text=True, check=False
    )
    if "dvc.lock" in status.stderr:
        assert status.returncode
        lock.unlink()
        return True
    return False


def timed(tiny, way, n):
    start = time.monotonic()
    complete(tiny, way, n)
    return time.monotonic() - start


def finished(tiny):
    return {run["id"] for run in tiny.runs() if run["status"] == "FINISHED"}


def ran(told):
    return [line.split("'")[1] for line in told.splitlines() if line.startswith("Running stage")]


def check(tiny, way, before, told, again):
    runs = tiny.runs()
    assert "RUNNING" not in {run["status"] for run in runs}
    assert before - {run["id"] for run in runs if run["status"] == "FINISHED"} <= reopened(runs)
    jobs = Counter(run["tags"]["job"] for run in runs if "job" in run["tags"] and run["status"] == "FINISHED")
    assert set(jobs.values()) <= {1}, "a job that had finished was run again"
    assert not set(ran(told)[:-1]) & set(ran(again)), "a stage that DVC had committed was run again"
    with sqlite3.connect(tiny.path / "mlflow.db") as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    if way == "repro":
        assert "up to date" in tiny.run("dvc", "status").stdout


def reopened(runs):
    """A configuration's run goes on with each of its stages."""
    return {run["id"] for run in runs if "configuration" in run["tags"]}
