"""How a stage starts: from params.yaml under DVC, as a Hydra application on the command line."""

import os
from collections.abc import Callable
from pathlib import Path

from tracked import interrupts
from tracked.project import WHOLE, enter, find
from tracked.stages import lines, quick_start


def main(run: Callable | None = None) -> None:
    """Run the stage that a module's `run` is, or without one the whole pipeline, whoever asks for it, and exit."""
    start(WHOLE if run is None else Path(run.__code__.co_filename).stem)


def start(name: str) -> None:
    """Run a stage, or the whole pipeline as "all", and exit."""
    quick_start.prepare()
    interrupts.install()
    with lines.errors_in_one_line():
        enter(find(Path.cwd()))
        if os.environ.get("DVC_STAGE"):
            from tracked.stages import from_params

            from_params.run(name)
        else:
            from tracked.stages import hydra_app

            hydra_app.run(name)
        interrupts.check()
