"""How a stage starts: from params.yaml under DVC, as a Hydra application on the command line."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from tracked.dvc import graph
from tracked.errors import UserError
from tracked.project import WHOLE, enter, find
from tracked.stages import lines, quick_start
from tracked.store import interrupts

DVC_YAML = "dvc.yaml"
IN_PLACE = "--in-place"  # an option of ours: no process of its own for the stage


def main(run: Callable | None = None) -> None:
    """Run the stage that a module's `run` is, or without one the whole pipeline, whoever asks for it, and exit."""
    start(WHOLE if run is None else Path(run.__code__.co_filename).stem)


def start(name: str) -> None:
    """Run a stage, or the whole pipeline as "all", and exit."""
    quick_start.prepare()
    interrupts.install()
    with lines.errors_in_one_line(name):
        enter(find(Path.cwd()))
        if in_place := IN_PLACE in sys.argv[1:]:
            sys.argv.remove(IN_PLACE)
        if stage := os.environ.get("DVC_STAGE"):
            from tracked.stages import from_params

            del sys.argv[1:]  # a command behind `--`, which dvc.yaml tells
            from_params.run(_named(stage, name), in_place)
        elif "--" in sys.argv[1:]:
            raise UserError(
                f"`-- COMMAND` belongs in dvc.yaml: give only `tracked run {name}`, which runs that command"
            )
        else:
            from tracked.stages import hydra_app

            hydra_app.run(name, in_place)
        interrupts.check()


def _named(stage: str, module: str) -> str:
    """The stage that a module is for DVC: NAME@KEY where DVC makes several of NAME, each with the same command."""
    name = stage.rpartition(f"{DVC_YAML}:")[2]  # DVC puts the file first where it was started in another folder
    return name if graph.split(name)[0] == module else module
