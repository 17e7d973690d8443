"""Hashes of files, read again only when a file has changed.

Every job of a sweep compares its code and data with what they were when the sweep began, and to read a large data set
each time takes seconds. As git and DVC do, this trusts a file whose inode, size and times are those that it had when it
was read; one of the times is the inode's own (`st_ctime`), which no program can set back. The processes of a repository
share one small database. Where there is none, or it fails or is damaged, files are read.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from time import time

from tracked.hashes import md5, md5_of_content
from tracked.project import here

FILE = Path(".dvc/tmp/hashes.db")
LARGE = 2**16  # bytes: of a smaller file, looking it up saves little
SETTLED = 2.0  # seconds after a change: by a coarse clock, one that comes sooner could have the same time
BUSY = 5.0  # seconds that another process is waited for
TABLE = "CREATE TABLE IF NOT EXISTS hashes (inode TEXT PRIMARY KEY, known TEXT, proof TEXT) WITHOUT ROWID"

State = tuple[str, str]  # what tells a file from others, and what tells whether it has changed


def md5s(files: Iterable[Path]) -> dict[Path, str]:
    """The hashes by which DVC knows files. Raises OSError when one can't be read."""
    found: dict[Path, str] = {}
    large: list[Path] = []
    for file in files:
        if file.stat().st_size < LARGE:
            found[file] = md5(file)
        else:
            large.append(file)
    return found | _of_large(large) if large else found


def _of_large(files: Iterable[Path]) -> dict[Path, str]:
    now, before = time(), {file: _stat(file) for file in files}
    found = _recall({file: _state(stat) for file, stat in before.items()})
    new = {file: md5(file) for file in before if file not in found}
    settled = [file for file in new if max(before[file].st_ctime, before[file].st_mtime) < now - SETTLED]
    _keep({_state(before[file]): new[file] for file in settled if _state(_stat(file)) == _state(before[file])})
    return found | new


def _stat(file: Path) -> os.stat_result:
    """Of an open file: where machines share a folder, opening a file shows what another machine changed."""
    with file.open("rb") as content:
        return os.fstat(content.fileno())


def _state(stat: os.stat_result) -> State:
    return f"{stat.st_dev} {stat.st_ino}", f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns}"


def _recall(states: Mapping[Path, State]) -> dict[Path, str]:
    """The hashes of the files that are as they were when they were read."""
    found: dict[Path, str] = {}
    with suppress(sqlite3.Error, UnicodeDecodeError), _database() as database:
        for file, (inode, state) in states.items():
            row = database.execute("SELECT known, proof FROM hashes WHERE inode = ?", (inode,)).fetchone()
            known, proof = row or ("", "")
            if isinstance(known, str) and known.startswith(f"{state} ") and proof == _proof(inode, known):
                found[file] = known.rpartition(" ")[2]
    return found


def _keep(hashes: Mapping[State, str]) -> None:
    if not hashes or not (here().root / ".dvc").is_dir():
        return
    known = [(inode, f"{state} {md5}") for (inode, state), md5 in hashes.items()]
    file = here().root / FILE
    try:
        file.parent.mkdir(exist_ok=True)
        with _database() as database, database:
            database.execute(TABLE)
            rows = [(inode, text, _proof(inode, text)) for inode, text in known]
            database.executemany("INSERT OR REPLACE INTO hashes VALUES (?, ?, ?)", rows)
    except (sqlite3.OperationalError, OSError):
        pass  # it is busy, or can't be written
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        file.unlink(missing_ok=True)  # it is damaged


@contextmanager
def _database() -> Iterator[sqlite3.Connection]:
    """Without a write-ahead log, which machines can't share. Raises sqlite3.Error."""
    with closing(sqlite3.connect(here().root / FILE, timeout=BUSY)) as database:
        yield database


def _proof(inode: str, known: str) -> str:
    """What a row has no more when any of it is damaged."""
    return md5_of_content(f"{inode} {known}".encode())
