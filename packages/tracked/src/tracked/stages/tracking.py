"""A stage, run and tracked below its configuration."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tracked import declared, faults, interrupts
from tracked.project import enter, here, project
from tracked.runs import REGISTER, active
from tracked.settings.hashes import fingerprint
from tracked.stages import lines

# Has pictures drawn, if there are any; returns what waits for them.
Draw = Callable[[Callable[[], object] | None], Callable[[], object]]


def run(
    name: str,
    settings: dict[str, Any],
    valid: Any,
    folder: Path,
    command: str,
    started: str,
    check: Callable[[], object] = lambda: None,
    register: bool = False,
) -> str:
    """Run a stage in a folder; its run in MLflow, whose id is returned, is a child of its configuration's.

    `settings` are plain, `valid` is what the schema made of them, `command` runs the stage again; `started` is the
    stage that the user started, or the whole pipeline. `check` is called when the stage is done, before it is logged.
    `register`: what a trial has trained is registered too.
    """
    with _artist(name) as draw:
        tags = {"command": command, **({REGISTER: "asked for"} if register else {})}
        run_id, told = _run(name, settings, valid, folder, tags, started, check, draw)
    if told:
        print(told)
    return run_id


def _run(
    name: str,
    settings: dict[str, Any],
    valid: Any,
    folder: Path,
    tags: dict[str, str],
    started: str,
    check: Callable[[], object],
    draw: Draw,
) -> tuple[str, str]:
    from tracked.runs import names  # slow to import: --help need not wait for it
    from tracked.runs.delivery import deliver
    from tracked.runs.run import stage_run
    from tracked.runs.store import Store

    store = Store.at(here().root)
    deliver(store)
    parent = store.configuration(fingerprint(settings), settings, tags, started)
    title = names.of_stage(name, settings)
    with stage_run(store, name, settings, parent, tags, title, kept=True) as tracked:

        def report(step: int, metrics: Mapping[str, float], of: int | None = None) -> None:
            lines.progress(name, step, metrics, of)
            tracked.report(step, metrics)

        declared.unlink(name, folder)
        with active.running(tracked.own):
            outcome = project().stage(name)(valid, folder, report)
        check()
        return tracked.run_id, tracked.log(outcome, folder, draw(outcome.pictures))


@contextmanager
def _artist(name: str) -> Iterator[Draw]:
    """A process that draws beside what is logged. It starts now, to be ready when the stage is, if the stage declares
    pictures. Gives a function that has something drawn there, and returns one that waits for it."""
    if not any(path.endswith(".png") for path in declared.outputs([name])):
        yield _draw_here
        return
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=enter, initargs=(here(),)) as pool:
        with interrupts.kept_from_children():
            pool.submit(int)
        yield lambda pictures: pool.submit(faults.carry, pictures).result if pictures else _nothing


def _draw_here(pictures: Callable[[], object] | None) -> Callable[[], object]:
    return pictures or _nothing


def _nothing() -> None:
    """What a stage without pictures waits for."""
