"""A folder that one process writes to at a time: two runs in one would read each other's files."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tracked.errors import UserError


@contextmanager
def alone_in(folder: Path, setting: str) -> Iterator[None]:
    """Have a folder, which a setting of Hydra's names, to this process while the block runs. Raises UserError when
    another process has it."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # a file system without locks
            _lock(handle, folder, setting)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path, setting: str) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UserError(f"{setting}={folder}: another run writes there; wait for it, or name another folder") from None
