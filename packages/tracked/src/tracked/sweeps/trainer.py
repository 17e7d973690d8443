"""The child that computes the jobs of a sweep, one after the other: most of what they import is imported once.

It is renewed now and then: some libraries keep memory of every training (TensorFlow 4 MiB), and only the end of a
process gives it back.
"""

from pathlib import Path
from typing import Any

from tracked.project import per_project
from tracked.runs.active import StageRun
from tracked.runs.result import Result
from tracked.stages.child import Child
from tracked.stages.computing import OnStep

GROWTH = 100 * 2**20  # bytes by which a process may grow after its first stage


@per_project
def child() -> Child:
    """The process."""
    return Child()


def start(stages: list[str]) -> None:
    """Start the process, while this one has other things to do."""
    child().prepare(stages)


def run(
    stage: str, settings: dict[str, Any], folder: Path, active_run: StageRun, on_step: OnStep, asks: bool
) -> Result:
    """Run a stage, as `Child.run`. The next job gets a new process if this one has died, or has grown."""
    try:
        child().begin(stage, settings, folder, keeps=False, asks=asks)
        result = child().run(active_run, on_step)
        if child().grown() > GROWTH:
            child().close()
    finally:
        if child().has_ended:
            child.cache_clear()
    return result
