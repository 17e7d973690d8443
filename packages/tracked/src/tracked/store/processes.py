"""Which process a run belongs to, as a tag of the run says, and whether that process still lives.

Only who shares the kernel and its numbers of processes can know it: containers and machines may have one name.
"""

import os
import platform
from functools import cache
from pathlib import Path

import psutil

CLOCK = 5.0  # seconds by which the starts of processes that have one number differ at least


@cache
def this_process() -> str:
    """Host, boot, namespace of process numbers, process, and when it started: numbers of processes are used again."""
    process = psutil.Process()
    return f"{_here()} {process.pid}:{_start(process)}"


def _start(process: psutil.Process) -> float:
    """When a process started, in seconds that do not depend on how the clock was set since: on Linux since the boot."""
    return process.create_time() - (psutil.boot_time() if psutil.LINUX else 0)


def number(process: str) -> str:
    """The number of a process, as the user knows it."""
    return process.rpartition(" ")[2].partition(":")[0]


def died(process: str, alone: bool = False) -> bool:
    """Whether a process was one of this machine's, and is no more.

    `alone`: no other machine can use the store, so that what ran before this machine was started anew has died too.
    """
    if alone and _name(process) == platform.node() and _boot(process) not in ("", _boot(this_process())):
        return True
    return is_here(process) and not _lives(process)


def is_another(process: str) -> bool:
    """Whether a process is one of this machine's, lives, and is not the one that asks."""
    return is_here(process) and _lives(process) and process != this_process()


@cache
def _here() -> str:
    return f"{platform.node()} {_boot_id()} {_namespace()}"


def _boot_id() -> str:
    file = Path("/proc/sys/kernel/random/boot_id")
    return file.read_text().strip() if file.exists() else f"{psutil.boot_time():.0f}"


def _namespace() -> str:
    try:
        return str(os.stat("/proc/self/ns/pid").st_ino)
    except OSError:  # a system without
        return "-"


def _name(process: str) -> str:
    return process.partition(" ")[0]


def _boot(process: str) -> str:
    parts = process.split(" ")
    return parts[1] if len(parts) == 4 else ""


def is_here(process: str) -> bool:
    """Whether a process can be looked for here: it is of this machine, since it was started, and of its numbers."""
    return process.rpartition(" ")[0] == _here()


def _lives(process: str) -> bool:
    pid, _, started = process.rpartition(" ")[2].partition(":")
    try:
        found = psutil.Process(int(pid))
        same = abs(_start(found) - float(started)) < CLOCK
        return same and found.status() != psutil.STATUS_ZOMBIE  # dead, but nobody has asked how it ended
    except psutil.NoSuchProcess:
        return False
