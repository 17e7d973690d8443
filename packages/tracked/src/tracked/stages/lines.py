"""What commands print on the terminal: errors in one line, without passwords, what they are doing, and how far a
training is."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tracked import faults
from tracked.dvc import graph
from tracked.errors import UserError
from tracked.messages import number
from tracked.project import here
from tracked.secrets.masking import mask_logs

ERRORS = ".dvc/tmp/errors"  # DVC leaves it alone, and git ignores it


@contextmanager
def errors_in_one_line(name: str, folder: Path | None = None) -> Iterator[None]:
    """Exit with an error as one line and code 1, after Ctrl-C with 130.

    An error of code leaves its traceback in error.log in a folder, or in one of the project's for what has the `name`.
    """
    mask_logs()
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        sys.exit(_ending(faults.of(error), name, folder))


def _ending(failure: faults.Failure, name: str, folder: Path | None) -> str:
    """What is printed of an error; under DVC also how to get back what DVC has removed."""
    try:
        line = faults.keep(failure, folder / faults.FILE if folder else here().root / ERRORS / f"{name}.log")
        in_full = faults.IN_FULL
    except UserError:  # there is no project that could keep it
        line, in_full = failure.line(), True
    line = f"error: {line}{_way_back(os.environ.get('DVC_STAGE', ''))}"
    return f"{failure.trace.rstrip()}\n{line}" if failure.trace and in_full else line


def _way_back(stage: str) -> str:
    """How to get what DVC has removed before it ran a stage; "" where it has removed nothing."""
    try:
        declared = graph.read(here().code).get(stage.rpartition("dvc.yaml:")[2])
    except UserError:
        return ""
    outs = {path: options for path, options in declared.outs.items() if not options.get("persist")} if declared else {}
    in_git = [path for path, options in outs.items() if options.get("cache") is False]
    ways = ["`dvc checkout` brings the last outputs back"] if len(in_git) < len(outs) else []
    ways += [f"`git checkout {' '.join(in_git)}` brings back what git has"] if in_git else []
    return f" ({', '.join(ways)})" if ways else ""


def progress(stage: str, step: int, metrics: Mapping[str, float], of: int | None = None) -> None:
    """Show that `step` (from 1) is done: one updating line on a terminal, a few plain lines elsewhere.

    One more than `of` stands for what is kept of all steps.
    """
    done = f"step {step}" if of is None else f"step {step}/{of}" if step <= of else "kept"
    shown = (f"{name} {value if isinstance(value, int) else number(value)}" for name, value in metrics.items())
    text = f"{stage}: {done}  " + "  ".join(shown)
    last = of is None or step >= of
    every = max(1, (of or 1) // 5)
    if on_terminal() or last or step % every == 0:
        show(text, over=last)


def on_terminal() -> bool:
    """Whether lines can be rewritten."""
    return sys.stdout.isatty()


def show(text: str, over: bool = False) -> None:
    """Show a line: on a terminal in the place of the one before, until that was `over`."""
    if on_terminal():
        print(f"\r\x1b[K{text}", end="\n" if over else "", flush=True)
    else:
        print(text, flush=True)


def from_here(folder: Path) -> Path:
    """A folder's path as short as it is right for a user to type."""
    started = here().started
    return folder.relative_to(started) if folder.is_relative_to(started) else folder
