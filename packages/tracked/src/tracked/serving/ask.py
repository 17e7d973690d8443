"""Ask a logged model, in a process of its own.

A model brings its code along, but a module that is imported already wins over the model's copy of it: in this process
an old model would run today's code. `answer` is what the other process runs: it loads the model, sends one of its
files, which tells the caller what rows the model takes, receives the rows, and sends the outputs.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from tempfile import TemporaryDirectory, TemporaryFile

import numpy as np

from tracked.errors import UserError
from tracked.project import here
from tracked.runs import sync
from tracked.waiting import waiting

NOT_YET = 3  # what the other process ends with when there is something to restore first
AT_ONCE, TRUST = "--at-once", "--trust"  # its options
LENGTH = 8  # bytes that say how long the file is; -1 if the model has none of this name

Rows = Callable[[bytes | None], np.ndarray]


def outputs(uri: str, rows: Rows, file: str, trust: bool = False) -> np.ndarray:
    """What the model at an MLflow URI gives for rows (n, n_features).

    `rows` makes them of the content of the model's file that is logged under the name `file`. Raises UserError when the
    project's store has no such model, the model has no answer, or, without `trust`, this project has not registered it.
    """
    options = [TRUST] if trust else []
    with waiting(f"Loading {uri}"):
        code, answer, told = _answer(uri, rows, file, *options)
        if code == NOT_YET:
            sync.sync()
            code, answer, told = _answer(uri, rows, file, AT_ONCE, *options)
    if code:
        lines = told.strip().splitlines()
        raise UserError(lines[-1] if lines else f"asking {uri} ended with {code}")
    return np.load(BytesIO(answer), allow_pickle=False)


def _answer(uri: str, rows: Rows, file: str, *options: str) -> tuple[int, bytes, str]:
    """The exit code, the outputs as .npy, and what was printed: libraries' messages too, for when it fails."""
    command = [sys.executable, "-m", "tracked.serving.answer", here().text(), uri, file, *options]
    with TemporaryFile() as printed, TemporaryDirectory() as spare:
        # It finds what this process finds; the copy of the model is removed also when it is killed.
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": spare}
        other = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=printed)
        try:
            answer = _exchange(other, rows)
        finally:
            other.kill()  # when there are no rows; else it has ended
            code = other.wait()
        printed.seek(0)
        return code, answer, printed.read().decode(errors="replace")


def _exchange(other: "subprocess.Popen[bytes]", rows: Rows) -> bytes:
    """Send the rows, once the model's file is there. What comes back; b"" when the other process ends before."""
    assert other.stdin
    assert other.stdout
    with other.stdin, other.stdout:
        length = other.stdout.read(LENGTH)
        if len(length) == LENGTH:
            n = int.from_bytes(length, signed=True)
            question = BytesIO()
            np.save(question, rows(None if n < 0 else other.stdout.read(n)), allow_pickle=False)
            return other.communicate(question.getvalue())[0]
        other.wait()
        return b""
