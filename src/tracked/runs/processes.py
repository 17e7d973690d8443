"""Which process a run belongs to, as a tag of the run says, and whether that process still lives."""

import platform
from functools import cache

import psutil

CLOCK = 5.0  # seconds by which a process may seem to have started earlier or later, once the clock was set


@cache
def this_process() -> str:
    """The host, the process and when it started: numbers of processes are used again."""
    process = psutil.Process()
    return f"{platform.node()} {process.pid}:{process.create_time()}"


def died(process: str) -> bool:
    """Whether a process was one of this machine's, and is no more."""
    return is_here(process) and not _lives(process)


def is_another(process: str) -> bool:
    """Whether a process is one of this machine's, lives, and is not the one that asks."""
    return is_here(process) and _lives(process) and process != this_process()


def is_here(process: str) -> bool:
    """Whether a process is one of this machine's."""
    return process.partition(" ")[0] == platform.node()


def _lives(process: str) -> bool:
    pid, _, started = process.partition(" ")[2].partition(":")
    try:
        return abs(psutil.Process(int(pid)).create_time() - float(started)) < CLOCK
    except psutil.NoSuchProcess:
        return False
