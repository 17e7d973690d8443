"""Ctrl-C at any moment: no run stays RUNNING, the store stays usable, and nothing is printed."""

import os
import signal
import subprocess
import sys

import pytest

AFTER_MANY_STATEMENTS = """
import itertools, os, signal, time
from pathlib import Path
import sqlalchemy
from tracked.store import interrupts
interrupts.install()
from tracked.runs.run import stage_run
from tracked.store.store import Store

store = Store(Path.cwd())
settings = {"seed": 0, "split": {}, "data": {}}

@sqlalchemy.event.listens_for(sqlalchemy.Engine, "after_cursor_execute")
def count(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGINT)

def track(name):
    parent = store.create(name, {"command": "make"}, {}, diff=False)
    with stage_run(store, "split", settings, parent, {"command": "make"}, name, keeps=True) as run:
        run.report(1, {"b": 1.0})
    time.sleep(0.05)

n_interrupted = 0
for n in itertools.count(1, 4):
    left = n
    try:
        track(str(n))
        break
    except KeyboardInterrupt:
        n_interrupted += 1
    interrupts.forget()
left = 0
store.end_own_runs()
print(n_interrupted, *sorted({run.info.status for run in store.search("")}))
"""
IN_A_FINALIZER = """
import os, signal
from tracked.store import interrupts
interrupts.install()

class Dropped:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        sum(range(9))

Dropped()
with interrupts.held():
    pass
print("went on")
"""
SWALLOWED = """
import os, signal
from tracked.store import interrupts
interrupts.install()
try:
    os.kill(os.getpid(), signal.SIGINT)
    sum(range(9))
except:  # as some libraries have around their imports
    pass
print("went on")
"""
WHEN_ALL_IS_DONE = """
import atexit, os, signal
from tracked.store import interrupts
interrupts.install()
atexit.register(os.kill, os.getpid(), signal.SIGINT)
print("went on")
"""
CLEANING_UP = """
import os, signal
from tracked.store import interrupts
interrupts.install()
try:
    os.kill(os.getpid(), signal.SIGINT)
    sum(range(9))
finally:
    with interrupts.held():
        pass
    print("cleaned up")
"""
IN_A_CHILD = """
import signal
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from tracked.store import interrupts

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
        env={"PATH": os.environ["PATH"]},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.long
def test_an_interrupt_waits_for_the_store(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.tracked]\nproject = "made:PROJECT"\n')
    (tmp_path / "made.py").write_text('from tracked import Project\nPROJECT = Project("made")\n')
    (tmp_path / "dvc.yaml").write_text("stages: {split: {cmd: tracked run split, outs: [data]}}\n")
    who = ("-c", "user.name=test", "-c", "user.email=test@localhost")
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "state"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    done = run(AFTER_MANY_STATEMENTS, tmp_path)
    assert done.stderr == ""
    n_interrupted, *statuses = done.stdout.split()
    assert int(n_interrupted) > 10
    assert "RUNNING" not in statuses


def test_an_interrupt_in_a_finalizer_comes_again_with_the_next_write(tmp_path):
    done = run(IN_A_FINALIZER, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.parametrize("moment", [SWALLOWED, WHEN_ALL_IS_DONE])
def test_an_interrupt_that_was_lost_is_told_by_the_exit_code(tmp_path, moment):
    done = run(moment, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (130, "went on\n", "")


def test_what_cleans_up_after_an_interrupt_is_not_cut_off_by_the_same_one(tmp_path):
    done = run(CLEANING_UP, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (130, "cleaned up\n", "")


def test_children_may_be_kept_from_interrupts(tmp_path):
    assert run(IN_A_CHILD, tmp_path).stdout.split() == ["True", "False"]
