"""What could not be logged, because the store was gone: a folder a run, plain files, until it is delivered."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

RECORD = "record.json"


def shelf(root: Path) -> Path:
    """Where a repository keeps it."""
    return root / ".dvc/tmp/unlogged"


def begin(root: Path, run_id: str) -> Path:
    """An empty folder for what a run has left to log. It counts only when `finish` has been called."""
    if not root.is_dir():  # moved meanwhile: what is kept here would be looked for there
        raise FileNotFoundError(f"{root} is gone")
    part = shelf(root) / f"{run_id}.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    return part


def finish(part: Path, record: dict[str, Any]) -> Path:
    """Write the record of a folder that was begun, which now counts. Where it is."""
    folder = part.with_suffix("")
    write(part, record)
    shutil.rmtree(folder, ignore_errors=True)
    return part.rename(folder)


def write(folder: Path, record: dict[str, Any]) -> None:
    """Write a record, whole or not at all."""
    part = folder / f"{RECORD}.part"
    part.write_text(json.dumps(record))
    part.replace(folder / RECORD)


def records(root: Path) -> list[tuple[Path, dict[str, Any]]]:
    """The folders and records of a repository, the oldest first. Says which are damaged, and passes them over."""
    found: list[tuple[Path, dict[str, Any]]] = []
    for file in sorted(shelf(root).glob(f"*/{RECORD}")):
        if file.parent.suffix == ".part":
            continue
        try:
            record = json.loads(file.read_bytes())
            record["ended"] += 0  # a number, to sort by
            found.append((file.parent, record))
        except (ValueError, KeyError, TypeError):
            print(f"warning: {file} is damaged, and its run can't be logged: remove {file.parent}", file=sys.stderr)
    return sorted(found, key=lambda entry: entry[1]["ended"])


def drop(folder: Path) -> None:
    """Remove what has been delivered."""
    (folder / RECORD).unlink()  # first: what is left counts no more
    shutil.rmtree(folder)
