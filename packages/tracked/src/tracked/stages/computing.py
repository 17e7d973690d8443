"""Computes stages: in the recorder's process, or in a child of it, which this module is then the program of.

`python -m tracked.stages.computing WHERE NUMBERS`: WHERE is the project as the recorder knows it, NUMBERS are those of
a pipe to the recorder, and of one that ends with the recorder's process.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from typing import Any

import psutil

from tracked import faults
from tracked.dvc import declared
from tracked.outcome import Outcome, Pruned, Served
from tracked.project import Where, enter, project
from tracked.runs import active
from tracked.runs.active import StageRun
from tracked.runs.computed import Computed
from tracked.runs.result import Result
from tracked.secrets.masking import mask_logs
from tracked.settings.settings import Settings
from tracked.stages import lines, quick_start
from tracked.store import interrupts

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


def main() -> None:
    """Do what the recorder asks, until it asks no more."""
    where, numbers = sys.argv[1:]
    pipe_number, ends_with_recorder = json.loads(numbers)
    Thread(target=_end_with, args=[ends_with_recorder], daemon=True).start()
    quick_start.prepare()
    interrupts.install()
    signal.signal(signal.SIGINT, lambda *_: None)  # the recorder hears Ctrl-C, and sends SIGTERM
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    mask_logs()
    enter(Where.parsed(where))
    active.watch()  # before a stage's modules are imported
    worker = _Worker(Connection(pipe_number))
    try:
        worker.work()
    except KeyboardInterrupt:
        sys.exit(130)


def _end_with(number: int) -> None:
    os.read(number, 1)
    os._exit(1)


class _Worker:
    def __init__(self, pipe: Connection) -> None:
        self.pipe, self.here = pipe, LocalRunner()
        self.drawn: Answer = "done", None

    def work(self) -> None:
        """Raises KeyboardInterrupt, once the recorder knows of it."""
        while True:
            try:
                number, what, arguments = self.pipe.recv()
            except EOFError:
                return
            if what == "prepare":
                self.prepare(*arguments)
                continue
            self._say(number, _answer(getattr(self, what), number, *arguments) if what != "draw" else self.drawn)
            if what == "run":  # nobody need ask for the pictures first
                self.drawn = _answer(self.here.drawing())

    def _say(self, number: int, answer: "Answer") -> None:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        self.pipe.send((number, *answer))
        if answer[0] == "failed" and answer[1][0] == "KeyboardInterrupt":
            raise KeyboardInterrupt

    def prepare(self, stages: list[str]) -> None:
        for stage in stages:
            try:
                project().stage(stage)
            except (Exception, SystemExit):  # the stage says it when it is run
                return

    def run(self, number: int, stage: str, settings: dict[str, Any], folder: Path, keeps: bool, asks: bool) -> Result:
        """Run a stage.

        After this request the recorder sends the stage's run in MLflow, as soon as the store has it: it is received
        when somebody needs it, at the latest when the stage is done. If the stage `asks`, an answer to each step
        follows.
        """
        active_run = cache(self.pipe.recv)

        def on_step(step: int, metrics: Mapping[str, float]) -> bool:
            sys.stdout.flush()
            self.pipe.send((number, "step", (step, metrics)))
            if not asks:
                return False
            active_run()
            return self.pipe.recv()

        self.here.begin(stage, settings, folder, keeps)
        try:
            return self.here.run(active_run, on_step)
        finally:
            _size_at_first()
            active_run()

    def model(self, _number: int, spare: Path) -> Any:
        return self.here.model(spare)

    def answers(self, _number: int, *question: Any) -> tuple[int, ...]:
        return self.here.answers(*question)

    def grown(self, _number: int) -> int:
        return _size() - _size_at_first()


Answer = tuple[str, Any]  # "done" and what a call returned, or "failed" and what it raised

NAMED = ("StoreFailed", "Pruned", "KeyboardInterrupt", "SystemExit")  # exceptions that the recorder raises by kind


def _answer(call: Callable, *arguments: Any) -> Answer:
    try:
        return "done", call(*arguments)
    except BaseException as error:
        return "failed", _told(error)


def _told(error: BaseException) -> tuple[str, faults.Failure, Any]:
    own = error.step if isinstance(error, Pruned) else error.code if isinstance(error, SystemExit) else None
    kind = next((kind.__name__ for kind in type(error).__mro__ if kind.__name__ in NAMED), "")
    return kind, faults.of(error), own


@cache
def _size_at_first() -> int:
    return _size()


def _size() -> int:
    return psutil.Process().memory_info().rss


if __name__ == "__main__":
    main()
