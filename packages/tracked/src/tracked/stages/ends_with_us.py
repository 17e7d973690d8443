"""A trick: a command ends with the process that has started it, even if that is killed.

Linux alone has this (prctl). Without it, a training would go on after `kill -9` of its recorder, and write files that
belong to nobody.
"""

import ctypes
import signal
import sys

DEATH = 1  # prctl's PR_SET_PDEATHSIG


def begin() -> None:
    """In the command's process, before it is one."""
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DEATH, signal.SIGKILL)
