"""Remove for good what was deleted in the UI, and what nothing needs any more: `tracked gc [--yes]`."""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tracked.errors import UserError
from tracked.project import here
from tracked.secrets.masking import masked
from tracked.waiting import waiting

MOST_NAMED = 10  # runs
DVC_GC = ("dvc", "gc", "--all-commits", "--all-experiments", "--force")  # we have asked


def collect(yes: bool) -> None:
    """Say what there is to remove, ask, and remove it. Raises UserError while a run is going on."""
    with waiting("Looking for what can be removed"):
        from tracked.admin import deleted  # slow to import: --help need not wait for it

        found = deleted.find(here().root)
    local = not found.uri.startswith("http")
    if not local and found.runs:
        print(f"{len(found.runs)} deleted runs are on {masked(found.uri)}: run `mlflow gc` there to remove them")
    shelves = [path for path in (here().root / ".dvc/tmp/earlier").glob("*") if path.is_dir()]
    shared = _shared_cache()
    if shared:
        print(f"{shared} is a cache that other projects may use: nothing is removed from it (`dvc gc --projects` can)")
    with waiting("Looking for files in DVC's cache that no commit needs"):
        found_by_dvc = "" if shared else _run(*DVC_GC, "--dry")
    unused = [line for line in found_by_dvc.splitlines() if line.startswith("Removing ")]
    told = [
        _line("runs deleted in the UI, with what is below them: ", list(found.runs.values()) if local else []),
        _line("experiments deleted in the UI: ", found.experiments if local else []),
        _count("models of deleted runs, none of them registered", len(found.models) if local else 0),
        _count("sets of inputs that jobs shared, made anew when needed (.dvc/tmp/earlier/)", len(shelves)),
        _count("files in DVC's cache that no commit, no experiment and no file here has", len(unused)),
    ]
    if not any(told):
        print("There is nothing to remove.")
    elif yes or _agreed("\n".join(["To be removed for good:", *filter(None, told)])):
        if local and (found.runs or found.experiments):
            found.mark()
            _run("mlflow", "gc", MLFLOW_TRACKING_URI=_from_root(found.uri))  # in arguments others would see it
        for shelf in shelves:
            shutil.rmtree(shelf)
        if not shared:
            with waiting("Removing files from DVC's cache"):
                _run(*DVC_GC)
        print("Removed.")
    else:
        print("Nothing was removed.")


def _from_root(uri: str) -> str:
    """The address of a store, from the root if it lies there: MLflow makes folders by what it does not decode."""
    from tracked.store import database_uri

    file = database_uri.file_of(uri)
    return f"{database_uri.START}{file.name}" if file and file.parent == here().root else uri


def _shared_cache() -> Path | None:
    """DVC's cache, if it, or a folder in it, lies elsewhere than in this repository, or it is set up for several users
    (cache.shared)."""
    cache = Path(_run("dvc", "cache", "dir").strip())
    if cache.resolve() != here().root.resolve() / ".dvc/cache":
        return cache.resolve()
    folders = (Path(folder, name) for folder, names, _ in os.walk(cache) for name in names)
    if link := next((folder for folder in folders if folder.is_symlink()), None):
        return link.resolve()
    return cache if "cache.shared=" in _run("dvc", "config", "--list") else None


def _line(what: str, names: list[str]) -> str:
    shown = ", ".join(names[:MOST_NAMED]) + (", ..." if len(names) > MOST_NAMED else "")
    return _count(f"{what}{shown}", len(names))


def _count(what: str, n: int) -> str:
    return f"{n:6} {what}" if n else ""


def _agreed(question: str) -> bool:
    print(question)
    try:
        return input("Remove? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:  # nobody is there to answer
        print()
        return False


def _run(*command: str, **env: str) -> str:
    """What a command of a library prints. Raises UserError with its last words when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=here().root,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        why = (done.stderr.strip() or done.stdout.strip() or "?").splitlines()[-1]
        raise UserError(f"`{' '.join(command)}` failed: {why}")
    return done.stdout


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="remove without asking")


def run(given: argparse.Namespace) -> None:
    collect(given.yes)
