"""Whether a process lives is told by those alone who can know it."""

import os
import subprocess
import sys
import time

import psutil
import pytest

from tracked.store import processes

HOST, BOOT, NAMESPACE, OWN = processes.this_process().split(" ")


def tag(host=HOST, boot=BOOT, namespace=NAMESPACE, process="1:1.0"):
    return f"{host} {boot} {namespace} {process}"


def test_this_process_lives_and_is_no_other():
    me = processes.this_process()
    assert not processes.died(me)
    assert not processes.died(me, alone=True)
    assert not processes.is_another(me)


def test_a_process_that_ended_has_died_also_when_its_number_is_used_again():
    assert processes.died(tag(process=f"{OWN.partition(':')[0]}:1.0"))
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    process = tag(process=f"{child.pid}:{processes._start(psutil.Process(child.pid))}")
    assert processes.is_another(process)
    assert not processes.died(process, alone=True)
    assert processes.number(process) == str(child.pid)
    child.stdin.close()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert processes.died(process)  # before anybody has asked how it ended
    child.wait()
    assert processes.died(process)
    assert not processes.is_another(process)


@pytest.mark.skipif(not psutil.LINUX, reason="elsewhere the clock does not move the start of a process")
def test_a_process_lives_also_after_the_clock_was_set(monkeypatch):
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    process = tag(process=f"{child.pid}:{processes._start(psutil.Process(child.pid))}")
    boot_time = psutil.boot_time()
    monkeypatch.setattr(psutil._psplatform, "boot_time", lambda: boot_time + 3600)  # as the kernel then tells it
    assert abs(psutil.Process(child.pid).create_time() - time.time()) > 3000
    assert not processes.died(process)
    assert processes.is_another(process)
    child.communicate()


def test_of_another_machine_container_or_boot_and_of_no_process_nothing_is_known():
    for other in (tag(host="elsewhere"), tag(boot="before"), tag(namespace="container"), "", f"{HOST} 1:1.0"):
        assert not processes.died(other)
        assert not processes.is_another(other)


def test_a_store_that_no_other_machine_can_use_was_used_by_none_before_the_last_boot():
    assert processes.died(tag(boot="before"), alone=True)
    for other in (tag(host="elsewhere", boot="before"), tag(namespace="container"), "", f"{HOST} 1:1.0"):
        assert not processes.died(other, alone=True)
