"""The process in which a stage computes, as the recorder sees it, which starts it.

A stage that dies leaves somebody who records it, and what it imports is imported beside MLflow. The process has the
terminal: what the stage prints stays in order, and `breakpoint()` works.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import psutil

from tracked.errors import UserError
from tracked.faults import Failure, Fault
from tracked.outcome import Pruned, Served
from tracked.project import here
from tracked.runs.active import StageRun
from tracked.runs.result import Result
from tracked.stages.computing import OnStep
from tracked.store import interrupts
from tracked.waiting import waiting

PATIENCE = 5.0  # seconds that an interrupted stage has to write what it can


class Child:
    """Runs stages, one after the other, and answers as a `Computer` does.

    Its methods raise Fault for an error of code, and UserError for what code refuses or when the process has died. On
    an interrupt they end the process first.
    """

    def __init__(self) -> None:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        self.pipe, other_end = Pipe()
        ends_with_us, open_while_we_live = os.pipe()  # the child reads to the end once this process is gone
        self.open = os.fdopen(open_while_we_live, "wb")
        numbers = (other_end.fileno(), ends_with_us)
        flags = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]  # multiprocessing does so too
        command = [sys.executable, *flags, "-m", "tracked.stages.computing", here().text(), json.dumps(numbers)]
        with other_end, interrupts.kept_from_children():
            self.process = subprocess.Popen(command, pass_fds=numbers)
        os.close(ends_with_us)
        self.asked, self.running, self.shown = 0, (0, False), ExitStack()
        self._answers: dict[int, Any] = {}

    def prepare(self, stages: list[str]) -> None:
        """Have it import stages, while this process has other things to do: there is no answer."""
        self._ask("prepare", stages)

    def begin(self, stage: str, settings: dict[str, Any], folder: Path, keeps: bool, asks: bool = False) -> None:
        """Have a stage run, as `LocalRunner.begin` says: it does so at once, before the recorder knows its run.

        If it `asks`, it waits at each step for what `on_step` says; else nothing reaches it before its end.
        """
        self.running = self._ask("run", stage, settings, folder, keeps, asks), asks
        if keeps:
            self.shown.enter_context(waiting(f"Running {stage}", self._computed))

    def run(self, active_run: StageRun, on_step: OnStep) -> Result:
        """What becomes of it, as `LocalRunner.run` says; Pruned also where the stage made something else of it."""
        (number, asks), pruned = self.running, None
        self._send(active_run)
        try:
            while number not in self._answers:
                step = self._next()
                self.shown.close()
                if step is not None:
                    if on_step(*step) and pruned is None:
                        pruned = Pruned(step[0])
                    if asks:
                        self._send(pruned is not None)
        except BaseException:  # nobody listens to the stage any more: its steps are not to be taken for the next one's
            self.end()
            raise
        if pruned:
            raise pruned
        return self._answer(number)

    def drawing(self) -> Callable[[], object]:
        number = self._ask("draw")
        return lambda: self._answer(number)

    def model(self, spare: Path) -> Served | str:
        return self._answer(self._ask("model", spare))

    def answers(self, function: str, files: Mapping[str, Path], rows: Any) -> tuple[int, ...]:
        return self._answer(self._ask("answers", function, files, rows))

    def grown(self) -> int:
        """The bytes by which the process has grown since its first stage."""
        return self._answer(self._ask("grown"))

    @property
    def has_ended(self) -> bool:
        """Whether it can't be asked any more."""
        return self.process.poll() is not None

    def close(self) -> None:
        """Let it end, as it has nothing left to do."""
        self.pipe.close()
        self._wait()

    def end(self) -> None:
        """Have it end now: it can still write what it has, unless there is another interrupt."""
        self.process.terminate()
        self._wait()

    def _wait(self) -> None:
        self.shown.close()
        try:
            self.process.wait(PATIENCE)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            self.process.kill()
            self.process.wait()
        self.pipe.close()
        self.open.close()

    def _computed(self) -> float | None:
        """The seconds that the process has computed; None while it sleeps, maybe at a prompt, or has told of a step."""
        try:
            process = psutil.Process(self.process.pid)
            if self.pipe.poll() or process.status() == psutil.STATUS_SLEEPING:
                return None
            return sum(process.cpu_times()[:2])
        except (psutil.Error, OSError):  # it has died
            return None

    def _ask(self, what: str, *arguments: Any) -> int:
        self.asked += 1
        sys.stdout.flush()
        self._send((self.asked, what, arguments))
        return self.asked

    def _send(self, what: Any) -> None:
        try:
            self.pipe.send(what)
        except OSError:  # it has died, which the answer will say
            return

    def _answer(self, number: int) -> Any:
        while number not in self._answers:
            self._next()
        kind, told = self._answers.pop(number)
        if kind == "failed":
            raise _error(*told)
        return told

    def _next(self) -> tuple[int, dict[str, float]] | None:
        """Take what comes next: a step of the stage, which is returned, or an answer."""
        try:
            number, kind, told = self.pipe.recv()
        except KeyboardInterrupt:
            self.end()
            raise
        except (EOFError, OSError):
            raise UserError(f"its process {self._death()}") from None
        if kind == "step":
            return told
        self._answers[number] = kind, told
        return None

    def _death(self) -> str:
        code = self.process.wait()
        if code >= 0:
            return f"ended with exit code {code} before the stage was done"
        memory = "; was there too little memory?" if -code == signal.SIGKILL else ""
        return f"was ended by {signal.Signals(-code).name}{memory}"


def _error(kind: str, failure: Failure, told: Any) -> BaseException:
    """What was raised there, as it is raised here: not every exception survives the way, and none takes its traceback
    along."""
    if kind == "StoreFailed":
        from tracked.store.failures import StoreFailed

        return StoreFailed(failure.message)
    if kind == "Pruned":
        return Pruned(told)
    if kind == "KeyboardInterrupt":
        return KeyboardInterrupt()
    if kind == "SystemExit":
        return SystemExit(told)
    return Fault(failure) if failure.trace else UserError(failure.message)
