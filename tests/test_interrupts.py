"""Ctrl-C at any moment: no run stays RUNNING, the store stays usable, and nothing is printed."""

import os
import signal
import subprocess
import sys

from conftest import ROOT

AFTER_MANY_STATEMENTS = """
import itertools, os, signal, time
from pathlib import Path
import sqlalchemy
import pipeline
from digitrack.tracking import Store

store = Store(Path.cwd())

@sqlalchemy.event.listens_for(sqlalchemy.Engine, "after_cursor_execute")
def count(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGINT)

def track(name):
    with store.stage("split", store.parent(name, name, {"a": 1}, "make"), {}) as tracked:
        tracked.metrics({"b": 1.0})
    time.sleep(0.05)

n_interrupted = 0
for n in itertools.count(1, 8):
    left = n
    try:
        track(str(n))
        break
    except KeyboardInterrupt:
        n_interrupted += 1
store.end_own_runs()
print(n_interrupted, *sorted({run.info.status for run in store.search("")}))
"""
IN_A_FINALIZER = """
import os, signal, time
import pipeline

class Dropped:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        sum(range(9))

Dropped()
time.sleep(20)
"""
IN_A_CHILD = """
import signal
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from digitrack import interrupts

def blocked():
    with ProcessPoolExecutor(1, get_context("spawn")) as children:
        return signal.SIGINT in children.submit(signal.pthread_sigmask, signal.SIG_BLOCK, []).result()

with interrupts.kept_from_children():
    print(blocked())
print(blocked())
"""


def run(script: str, tmp_path) -> subprocess.CompletedProcess[str]:
    """Run a script that hears Ctrl-C, with the project's modules."""
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{ROOT}/src"},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_interrupt_waits_for_the_store(tmp_path):
    done = run(AFTER_MANY_STATEMENTS, tmp_path)
    assert done.stderr == ""
    n_interrupted, *statuses = done.stdout.split()
    assert int(n_interrupted) > 10
    assert "RUNNING" not in statuses


def test_an_interrupt_in_a_finalizer_comes_again(tmp_path):
    done = run(IN_A_FINALIZER, tmp_path)
    assert (done.returncode, done.stderr) == (-signal.SIGINT, "")


def test_children_may_be_kept_from_interrupts(tmp_path):
    assert run(IN_A_CHILD, tmp_path).stdout.split() == ["True", "False"]
