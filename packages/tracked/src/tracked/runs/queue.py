"""The queue: what could not be logged because the store was away. A folder per run, until it is delivered.

A record (JSON) holds what is in no file. Beside it lie the files of the stage as they were, because the next run of the
stage overwrites them; `outcome` tells the rest from those.
"""

import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tracked import hashes

# What version 0.2.0 wrote, by what is read.
OLD_NAMES = {"kept": "keeps", "epochs": "steps", "figures": "metrics", "about": "evaluated"}
RECORD, FILES = "record.json", "files"


def place(root: Path) -> Path:
    """The folder of a repository's queue."""
    return root / ".dvc/tmp/queue"


def put(root: Path, record: dict[str, Any], folder: Path = Path(), files: Iterable[Path] = ()) -> Path:
    """Queue a run, with copies of its `files`, which lie below `folder`; the place of both.

    The run counts as queued when all of it is there. Raises OSError, and leaves nothing behind, when there is no room.
    """
    if not root.is_dir():  # it was moved meanwhile, and nobody would look for its queue here
        raise FileNotFoundError(f"{root} is gone")
    queued = place(root) / record["run_id"]
    part = queued.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        known = {
            path: _copy(file, part / FILES / path, root / ".dvc/cache/files/md5")
            for file, path in ((file, file.relative_to(folder).as_posix()) for file in files)
        }
        write(part, {**record, "files": known})
        shutil.rmtree(queued, ignore_errors=True)
        return part.rename(queued)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _copy(file: Path, to: Path, cache: Path) -> str:
    """Put a file into the queue; its hash.

    What DVC's cache holds is linked: nobody writes to it, and a large data set takes no room again. All else is copied:
    a stage that runs again opens its old files for writing, unless DVC has removed them, and would write through a
    link.
    """
    to.parent.mkdir(parents=True, exist_ok=True)
    md5 = hashes.md5(file)
    with suppress(OSError):  # it is not there, or on another disk
        os.link(cache / md5[:2] / md5[2:], to)
        if hashes.md5(to) == md5:
            return md5
        to.unlink()
    shutil.copyfile(file, to)
    return md5


def write(folder: Path, record: dict[str, Any]) -> None:
    """Write a record, whole or not at all."""
    part = folder / f"{RECORD}.part"
    part.write_text(json.dumps(record, default=float))  # metrics may be numpy's numbers
    part.replace(folder / RECORD)


def records(root: Path) -> list[tuple[Path, dict[str, Any]]]:
    """The folders and records in a repository's queue, the oldest first. Warns of damaged ones, and skips them."""
    found: list[tuple[Path, dict[str, Any]]] = []
    for file in sorted(place(root).glob(f"*/{RECORD}")):
        if file.parent.suffix == ".part":
            continue
        try:
            record = {OLD_NAMES.get(name, name): value for name, value in json.loads(file.read_bytes()).items()}
            record["ended"] += 0  # a number, to sort by
            found.append((file.parent, record))
        except (ValueError, KeyError, TypeError, AttributeError):
            print(f"warning: {file} is damaged, and its run can't be logged: remove {file.parent}", file=sys.stderr)
    return sorted(found, key=lambda entry: entry[1]["ended"])


def files(folder: Path, known: Mapping[str, str]) -> Path:
    """The folder with the files of a queued run. Raises ValueError when one of them is not as it was queued."""
    stored = (folder / FILES).resolve()
    for path, md5 in known.items():
        file = (stored / path).resolve()
        if not (file.is_relative_to(stored) and file.is_file() and hashes.md5(file) == md5):  # it could be uploaded
            raise ValueError(f"{path} is not as it was queued")
    return stored


def drop(folder: Path) -> None:
    """Remove a run that has been delivered."""
    (folder / RECORD).unlink()  # first: without it the rest does not count
    shutil.rmtree(folder)
