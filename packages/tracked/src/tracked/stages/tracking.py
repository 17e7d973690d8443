"""A stage, run and tracked below its configuration: this process records, a child computes."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from tracked.project import here, project
from tracked.runs import REGISTER
from tracked.runs.active import StageRun
from tracked.runs.result import Computer, Result
from tracked.settings.settings import Settings
from tracked.stages.child import Child
from tracked.stages.computing import LocalRunner, OnStep


class Runner(Computer, Protocol):
    """Where stages run: a child, or this process."""

    def prepare(self, stages: list[str]) -> None:
        """Import stages, while the recorder has other things to do."""

    def begin(self, stage: str, settings: dict[str, Any], folder: Path, keeps: bool) -> None:
        """Have a stage run, which may begin at once."""

    def run(self, active_run: StageRun, on_step: OnStep) -> Result:
        """What becomes of it."""

    def close(self) -> None:
        """There is nothing more to run."""


@contextmanager
def runner(stages: list[str], in_place: bool = False) -> Iterator[Runner]:
    """Where to run stages: in a child, which ends with the block; in this process if asked, under a debugger, and if
    all of them are commands, which have a process of their own."""
    if in_place or _is_debugged() or all(map(project().is_command, stages)):
        yield LocalRunner()
        return
    child = Child()
    try:
        yield child
    except BaseException:
        child.end()
        raise
    child.close()


def _is_debugged() -> bool:
    """Whether a debugger looks at this process, which would not see into another one."""
    monitoring = getattr(sys, "monitoring", None)  # from Python 3.12 on
    return sys.gettrace() is not None or bool(monitoring and monitoring.get_tool(monitoring.DEBUGGER_ID))


def run(
    runner: Runner,
    name: str,
    settings: Settings,
    folder: Path,
    command: str,
    started: str,
    check: Callable[[], object] = lambda: None,
    register: bool = False,
) -> str:
    """Run a stage in a folder; its run in MLflow, whose id is returned, is a child of its configuration's.

    `command` runs the stage again; `started` is the stage that the user started, or the whole pipeline. `check` is
    called when the stage is done, before it is logged. `register`: what a trial has trained is registered too.
    """
    runner.begin(name, settings.plain, folder, keeps=True)
    from tracked.pages import names  # slow to import: --help need not wait for it
    from tracked.runs.delivery import deliver
    from tracked.runs.run import stage_run
    from tracked.store.store import Store

    store = Store.at(here().root)
    deliver(store)
    tags = {"command": command, **({REGISTER: "asked for"} if register else {})}
    parent = store.configuration(settings.fingerprint, settings.plain, tags, started)
    with stage_run(store, name, settings.plain, parent, tags, names.of_stage(name, settings.plain)) as tracked:
        result = runner.run(tracked.active_run, tracked.report)
        check()
        told = tracked.log(result, folder, runner)
    if told:
        print(told)
    return tracked.run_id


def untracked(runner: Runner, name: str, settings: Settings, folder: Path) -> None:
    """Run a stage in a folder that nothing is to be known of but its files."""
    runner.begin(name, settings.plain, folder, keeps=False)
    runner.run(StageRun(name), lambda _step, _metrics: False)
