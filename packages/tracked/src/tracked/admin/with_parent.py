"""Runs a module as `python -m MODULE ...` does, but it does not outlive the process that started it.

`python -m tracked.admin.with_parent MODULE ...`: who starts it holds the other end of its standard input, which the
system closes however that process ends, by SIGKILL too.
"""

import os
import runpy
import signal
import sys
from threading import Thread


def end_with_parent() -> None:
    """End this process and its group, which it leads, when standard input ends."""

    def wait() -> None:
        os.read(0, 1)  # not sys.stdin, whose lock Python could not have at its end
        os.killpg(os.getpgrp(), signal.SIGKILL)

    Thread(target=wait, daemon=True).start()


if __name__ == "__main__":
    end_with_parent()
    if "%" in (uri := os.environ.get("MLFLOW_BACKEND_STORE_URI", "")) + sys.prefix:
        from tracked.store import database_uri

        database_uri.adapt_mlflow(uri)
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
