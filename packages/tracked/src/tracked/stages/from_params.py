"""A stage as DVC starts it: settings from params.yaml, files where they are in the repository."""

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from tracked.dvc import copied, inputs
from tracked.dvc.meanwhile import Seen
from tracked.dvc.params import load
from tracked.errors import UserError
from tracked.project import WHOLE, here
from tracked.runs import REPRO
from tracked.settings.settings import Settings
from tracked.stages import tracking


def run(name: str, in_place: bool = False) -> None:
    """Run a stage in the project's folder, tracked.

    Raises UserError when params.yaml is wrong, an input damaged, any of what it reads edited meanwhile, or it is
    running already.
    """
    os.chdir(here().code)
    with _alone(name), tracking.runner([name], in_place) as runner:
        seen = Seen(name)
        runner.prepare([name])  # not before: what it imports is to be what was seen
        settings = Settings(load(Path("params.yaml")), "params.yaml").checked()
        copied.check(settings.plain)
        inputs.check(name, settings.plain)
        experiment = os.environ.get("DVC_EXP_NAME")
        command = f"{shlex.join(['dvc', 'exp', 'apply', experiment])} && {REPRO}" if experiment else REPRO
        tracking.run(runner, name, settings, Path(), command, started=WHOLE, check=seen.check)
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
        raise UserError(f"{name} is still running here, for a `dvc` that was killed: wait until it has ended") from None
