"""A stage as DVC starts it: settings from params.yaml, files where they are in the repository."""

import os
from pathlib import Path

from tracked.meanwhile import Seen
from tracked.project import WHOLE
from tracked.settings.loading import load
from tracked.settings.validation import validate
from tracked.stages import inputs, tracking


def run(name: str) -> None:
    """Run a stage in the current folder, tracked. Raises UserError when params.yaml is wrong, an input
    damaged, or any of what it reads edited meanwhile."""
    seen = Seen(name)
    settings = load(Path("params.yaml"))
    valid = validate(settings, "params.yaml")
    inputs.check(name, settings)
    experiment = os.environ.get("DVC_EXP_NAME")
    command = f"dvc exp apply {experiment} && dvc repro" if experiment else "dvc repro"
    tracking.run(name, settings, valid, Path(), command, started=WHOLE, check=seen.check)
    seen.check()  # once more: to log takes seconds
