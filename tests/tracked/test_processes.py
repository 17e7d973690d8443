"""Whether a process lives is told of this machine's only."""

import subprocess
import sys

import psutil

from tracked.runs import processes


def test_this_process_lives_and_is_no_other():
    me = processes.this_process()
    assert not processes.died(me)
    assert not processes.is_another(me)


def test_a_process_that_ended_has_died_also_when_its_number_is_used_again():
    host, me = processes.this_process().split()
    number, _ = me.split(":")
    assert processes.died(f"{host} {number}:1.0")
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    tag = f"{host} {child.pid}:{psutil.Process(child.pid).create_time()}"
    assert processes.is_another(tag)
    child.communicate(b"\n")
    assert processes.died(tag)
    assert not processes.is_another(tag)


def test_of_another_machine_and_of_no_process_nothing_is_known():
    for tag in ("elsewhere 1:1.0", ""):
        assert not processes.died(tag)
        assert not processes.is_another(tag)
