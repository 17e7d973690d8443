"""Ask a logged model, in a process of its own.

A model brings its code along, but a module that is imported already wins over the model's copy of it: in this process
an old model would run today's code. `answer` is what the other process runs.
"""

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np

from tracked import restored
from tracked.errors import UserError

NOT_YET = 3  # what the other process ends with when there is something to restore first


def probabilities(root: Path, uri: str, rows: np.ndarray) -> np.ndarray:
    """What the model at an MLflow URI gives for rows (n, n_features): (n, n_classes).

    Raises UserError when the store of the repository `root` has no such model, or the model has no answer.
    """
    done = _answer(root, uri, rows)
    if done.returncode == NOT_YET:
        restored.restore()
        done = _answer(root, uri, rows, "--at-once")
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise UserError(lines[-1] if lines else f"asking {uri} ended with {done.returncode}")
    return np.load(BytesIO(done.stdout), allow_pickle=False)


def _answer(root: Path, uri: str, rows: np.ndarray, *options: str) -> subprocess.CompletedProcess[bytes]:
    question = BytesIO()
    np.save(question, rows, allow_pickle=False)
    return subprocess.run(
        [sys.executable, "-m", "tracked.serving.answer", str(root), uri, *options],
        input=question.getvalue(),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},  # it finds what this process finds
        capture_output=True,  # libraries' messages too, which are of interest only when it fails
        check=False,
    )
