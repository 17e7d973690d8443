"""A stage as DVC starts it: settings from params.yaml, files where they are in the repository."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from tracked.errors import UserError
from tracked.meanwhile import Seen
from tracked.project import WHOLE, here
from tracked.runs import REPRO
from tracked.settings.loading import load
from tracked.settings.validation import validate
from tracked.stages import inputs, tracking


def run(name: str) -> None:
    """Run a stage in the project's folder, tracked.

    Raises UserError when params.yaml is wrong, an input damaged, any of what it reads edited meanwhile, or it is
    running already.
    """
    os.chdir(here().code)
    with _alone(name):
        seen = Seen(name)
        settings = load(Path("params.yaml"))
        valid = validate(settings, "params.yaml")
        inputs.check(name, settings)
        experiment = os.environ.get("DVC_EXP_NAME")
        command = f"dvc exp apply {experiment} && {REPRO}" if experiment else REPRO
        tracking.run(name, settings, valid, Path(), command, started=WHOLE, check=seen.check)
        seen.check()  # once more: to log takes seconds


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """A stage goes on when `dvc` alone is killed; DVC's own lock is free then, and both would write its outputs."""
    file = Path(".dvc/tmp") / f"stage_{name}.lock"
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(file, timeout=0):
            yield
    except Timeout:
        raise UserError(f"{name} is running here already, for a `dvc` that was killed: wait for its end") from None
