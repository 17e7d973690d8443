"""What a stage tells on the terminal: errors in one line, without passwords, and how far a training is."""

import errno
import os
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tracked.errors import UserError
from tracked.masking import mask_logs, masked
from tracked.project import here, project

LONGEST = 2000  # characters of a line: a message may repeat what the user wrote


@contextmanager
def errors_in_one_line() -> Iterator[None]:
    """Exit with a user's mistake as one line and code 1, after Ctrl-C with 130."""
    mask_logs()
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if not is_for_the_user(error):
            sys.exit(masked(traceback.format_exc().rstrip()))
        sys.exit(one_line(error))


def is_for_the_user(error: Exception) -> bool:
    """Whether an error is something that the user can put right."""
    known = isinstance(error, (UserError, OSError))  # one of them is that there is no project, which has a refusal
    return known or isinstance(error, project().refusal)


def one_line(error: Exception) -> str:
    """What went wrong, for the user; under DVC also how to get back what DVC has removed."""
    text = " ".join(masked(str(error)).split())
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        text += ": make room, and start again"
    stage = os.environ.get("DVC_STAGE")
    hint = " (`dvc checkout` brings the last outputs back, `git checkout metrics` the metrics)"
    return f"error: {text}{hint if stage and stage != 'compose' else ''}"


def progress(stage: str, epoch: int, epochs: int, figures: Mapping[str, float]) -> None:
    """Show that `epoch` (from 1) of `epochs` is done: one updating line on a terminal, a few plain lines elsewhere.

    One more than `epochs` stands for what is kept of them.
    """
    done = f"epoch {epoch}/{epochs}" if epoch <= epochs else "kept"
    shown = (f"{name} {value}" if isinstance(value, int) else f"{name} {value:.4f}" for name, value in figures.items())
    text = f"{stage}: {done}  " + "  ".join(shown)
    if sys.stdout.isatty():
        print(f"\r\x1b[K{text}", end="\n" if epoch >= epochs else "", flush=True)
    elif epoch % max(1, epochs // 5) == 0 or epoch >= epochs:
        print(text, flush=True)


def from_here(folder: Path) -> Path:
    """A folder's path as short as it is right for a user to type."""
    started = here().started
    return folder.relative_to(started) if folder.is_relative_to(started) else folder
