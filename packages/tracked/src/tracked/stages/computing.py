"""Runs stages in this process."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tracked.dvc import declared
from tracked.outcome import Outcome, Pruned, Served
from tracked.project import project
from tracked.runs import active
from tracked.runs.active import StageRun
from tracked.runs.computed import Computed
from tracked.runs.result import Result
from tracked.settings.settings import Settings
from tracked.stages import lines

# Called with each step and its metrics; returns whether the stage is to end there.
OnStep = Callable[[int, Mapping[str, float]], bool]


class LocalRunner:
    """Runs stages in this process, one after the other, and answers as a `Computer` does.

    The child uses it, and the recorder where that computes itself (`--in-place`, debuggers, commands).
    """

    def __init__(self) -> None:
        self.computed = Computed(Outcome(), StageRun(""))
        self.begun: tuple[str, dict[str, Any], Path, bool]

    def prepare(self, stages: list[str]) -> None:
        """Nothing: it is no quicker."""

    def begin(self, stage: str, settings: dict[str, Any], folder: Path, keeps: bool) -> None:
        """Say what to run: a stage in a folder, with plain settings. `keeps`: its artifacts are kept, its steps
        shown."""
        self.begun = stage, settings, folder, keeps
        self.computed = Computed(Outcome(), StageRun(""))

    def run(self, active_run: "StageRun | Callable[[], StageRun]", on_step: OnStep) -> Result:
        """Run it, with `active_run` as MLflow's active one.

        Raises what the stage raises, and Pruned where `on_step` says so.
        """
        stage, settings, folder, keeps = self.begun

        def report(step: int, metrics: Mapping[str, float], of: int | None = None) -> None:
            if keeps:
                lines.progress(stage, step, metrics, of)
            if on_step(step, {name: float(value) for name, value in metrics.items()}):
                raise Pruned(step)

        declared.unlink(stage, folder)
        with active.running(active_run):
            outcome = project().stage(stage)(Settings(settings).valid, folder, report)
        if keeps:
            self.computed = Computed(outcome, active_run() if callable(active_run) else active_run)
        return Result.of(outcome, keeps)

    def drawing(self) -> Callable[[], object]:
        return self.computed.drawing()

    def model(self, spare: Path) -> Served | str:
        return self.computed.model(spare)

    def answers(self, function: str, files: Mapping[str, Path], rows: Any) -> tuple[int, ...]:
        return self.computed.answers(function, files, rows)

    def close(self) -> None:
        """Nothing: the process goes on."""
