"""A stage, run and tracked below its configuration."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tracked import interrupts
from tracked.project import ROOT, project
from tracked.settings.comparing import fingerprint
from tracked.stages import lines


def unheard(epoch: int, epochs: int, figures: Mapping[str, float]) -> None:
    """The report of a stage that runs untracked."""


def run(name: str, settings: dict[str, Any], valid: Any, folder: Path, command: str) -> None:
    """Run a stage in a folder; its run in MLflow is a child of its configuration's.

    `settings` are plain, `valid` is what the schema made of them, `command` runs the stage again.
    """
    from tracked.runs.run import stage_run  # slow to import: --help need not wait for it
    from tracked.runs.store import Store

    store = Store.at(ROOT)
    parent = store.configuration(fingerprint(settings), settings, command)
    title = project().page.name(name, settings)
    with stage_run(store, name, settings, parent, {"command": command}, title, kept=True) as tracked:

        def report(epoch: int, epochs: int, figures: Mapping[str, float]) -> None:
            lines.progress(name, epoch, epochs, figures)
            tracked.report(epoch, epochs, figures)

        outcome = project().stage(name)(valid, folder, report)
        with _meanwhile(outcome.pictures) as drawn:
            told = tracked.log(outcome, folder, drawn)
    if told:
        print(told)


@contextmanager
def _meanwhile(draw: Callable[[], object] | None) -> Iterator[Callable[[], object]]:
    """Draw in another process, beside what is logged; gives a function that waits for the pictures."""
    if draw is None:
        yield lambda: None
        return
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        with interrupts.kept_from_children():
            drawing = pool.submit(draw)
        yield drawing.result
