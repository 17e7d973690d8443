"""A process of its own for the stages of a sweep's jobs, renewed now and then: some libraries keep memory of every
training (TensorFlow 4 MiB), and only the end of a process gives it back."""

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import cache
from multiprocessing import active_children, get_context, parent_process, set_start_method
from multiprocessing.util import Finalize
from pathlib import Path
from threading import Thread
from typing import Any

import psutil

from tracked import faults, interrupts
from tracked.errors import UserError
from tracked.outcome import Outcome
from tracked.project import Where, enter, here, per_project, project
from tracked.runs import active
from tracked.runs.active import StageRun
from tracked.settings.validation import validate

Reported = list[tuple[int, Mapping[str, float]]]  # steps and their metrics

GROWTH = 100 * 2**20  # bytes by which a process may grow after its first stage


def run(stage: str, settings: dict[str, Any], folder: Path, own: StageRun) -> tuple[Outcome, Reported]:
    """What a stage returns, without what is kept only where there are artifacts, and what it reported.

    Raises Fault for an error of the stage's code; UserError for what it refuses, and when its process has died.
    """
    with interrupts.kept_from_children():
        result = _process().submit(faults.carry, _run_stage, stage, settings, folder, own)
    try:
        outcome, reported, growth = result.result()
    except BrokenProcessPool:
        _process.cache_clear()  # the next job gets a new one
        raise UserError("its process has died; was there too little memory?") from None
    except KeyboardInterrupt:
        for process in active_children():  # else the training would be waited for
            process.kill()
        _process.cache_clear()
        raise
    if growth > GROWTH:
        _process().shutdown(wait=False)
        _process.cache_clear()
    return outcome, reported


def start(stages: Iterable[str]) -> None:
    """Start the process, while this one has other things to do."""
    with interrupts.kept_from_children():
        _process().submit(_import, list(stages))


@per_project
def _process() -> ProcessPoolExecutor:
    set_start_method("spawn", force=True)  # joblib's processes have one of their own, which this one can't use
    executor = ProcessPoolExecutor(1, get_context("spawn"), initializer=_begin, initargs=(here(),))
    Finalize(None, executor.shutdown, exitpriority=100)  # joblib's processes would wait for it for ever when they end
    return executor


def _begin(where: Where) -> None:
    """Work for the project of the process that started this one, and end when that has died."""
    enter(where)
    active.watch()  # before a stage's modules are imported

    def wait() -> None:
        parent_process().join()  # type: ignore[union-attr]
        os._exit(1)

    Thread(target=wait, daemon=True).start()


def _import(stages: list[str]) -> None:
    for stage in stages:
        project().stage(stage)


def _run_stage(stage: str, settings: dict[str, Any], folder: Path, own: StageRun) -> tuple[Outcome, Reported, int]:
    """What a stage returns and reported, and the bytes by which the process has grown since its first one."""
    reported: Reported = []

    def report(step: int, metrics: Mapping[str, float], of: int | None = None) -> None:
        reported.append((step, metrics))

    with active.running(own):
        outcome = project().stage(stage)(validate(settings, "settings"), folder, report)
    sent = replace(outcome, pictures=None, served=None, images={}, datasets={})
    return sent, reported, _size() - _size_at_first()


@cache
def _size_at_first() -> int:
    return _size()


def _size() -> int:
    return psutil.Process().memory_info().rss
