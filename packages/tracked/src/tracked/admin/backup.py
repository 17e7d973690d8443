"""Back up the tracked runs, also while runs are going on: `tracked backup TO [--folder FOLDER]`.

First the databases, each as it is at one moment, then the files: what a database says is logged was uploaded before,
so that the files are at least those.
"""

import argparse
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from tracked.errors import UserError
from tracked.project import here

DATABASES = ("mlflow.db", "users.db")
FILES = ("mlartifacts", "artifacts")  # of a repository's own store; of the server that a team shares
BUSY_SECONDS = 60  # that a database is waited for


def back_up(folder: Path, to: Path) -> None:
    """Copy the store in a folder to a new folder. Raises UserError when there is none, or the new one is not new."""
    found = [name for name in (*DATABASES, *FILES) if (folder / name).exists()]
    if not found:
        raise UserError(f"{folder} has no store: give --folder with a folder that has {DATABASES[0]} or {FILES[1]}")
    if to.exists():
        raise UserError(f"{to} already exists: name a new folder for the backup")
    part = to.with_name(f"{to.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for name in found:
        if name in DATABASES:
            copy_database(folder / name, part / name)
        else:
            shutil.copytree(folder / name, part / name)
    part.rename(to)
    print(f"{', '.join(found)} of {folder}: now in {to}")


def copy_database(database: Path, to: Path) -> None:
    """SQLite's own backup, in one step: who writes meanwhile waits for it."""
    try:
        with (
            closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", timeout=BUSY_SECONDS, uri=True)) as source,
            closing(sqlite3.connect(to)) as copy,
        ):
            source.backup(copy)
            (said,) = copy.execute("PRAGMA quick_check").fetchone()
    except sqlite3.DatabaseError as error:
        raise UserError(f"{database} can't be read: {error}") from None
    if said != "ok":
        raise UserError(f"{database} is damaged: {said}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("to", type=Path, help="the folder to write; it must not exist")
    parser.add_argument("--folder", type=Path, help="what to back up (default: the project's own store)")


def run(given: argparse.Namespace) -> None:
    back_up((given.folder or here().root).resolve(), given.to.resolve())
