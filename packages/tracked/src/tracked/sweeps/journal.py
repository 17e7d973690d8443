"""A search's journal, held against a hash beside it: Optuna writes no checksum, and reads a damaged number as it is."""

import os
from pathlib import Path

from tracked.errors import UserError
from tracked.settings.hashes import md5_of_content


def note(journal: Path) -> None:
    """Note the hash of what is there. The journal only grows: what is appended later changes nothing before it."""
    content = journal.read_bytes()
    part = _noted(journal).with_suffix(f".{os.getpid()}")
    part.write_text(f"{len(content)} {md5_of_content(content)}\n")
    part.replace(_noted(journal))


def check(journal: Path) -> None:
    """Raises UserError when what was noted of the journal is not there any more."""
    noted = _noted(journal)
    if not noted.exists():
        return
    size, _, known = noted.read_text(errors="replace").strip().partition(" ")
    content = journal.read_bytes() if journal.exists() else b""
    if not (size.isascii() and size.isdigit()) or md5_of_content(content[: int(size)]) != known:
        raise damaged(journal)


def damaged(journal: Path) -> UserError:
    """What to say of a journal that can't be gone on with."""
    return UserError(
        f"{journal} is damaged: remove {journal.with_suffix('')}.*, and the search begins anew; "
        "jobs that have finished are not run again"
    )


def _noted(journal: Path) -> Path:
    return journal.with_suffix(".md5")
