"""What the stages before a job's make: once for equal settings on a machine, shared by all jobs of all sweeps."""

import json
import shutil
from pathlib import Path
from typing import Any

from filelock import FileLock

from tracked import declared
from tracked.outcome import unheard
from tracked.project import ROOT, project
from tracked.settings.comparing import fingerprint

HASHES = "hashes.json"  # of all that lies on a shelf, by its path


def shared(name: str, settings: dict[str, Any], valid: Any) -> Path:
    """The folder with the files of the stages before `name`; they run if it is not there yet, or damaged.

    `settings` are plain, `valid` is what the schema made of them.
    """
    stages = project().before(name)
    own = {section: settings[section] for section in declared.sections(stages)}
    shelf = ROOT / ".dvc/tmp/earlier"
    folder = shelf / fingerprint({"stages": stages, "settings": own, "code": declared.code(stages)})
    if _whole(folder):
        return folder
    shelf.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not _whole(folder):
            part = folder.with_suffix(".part")
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir()
            for stage in stages:
                project().stage(stage)(valid, part, unheard)
            (part / HASHES).write_text(json.dumps(_hashes(part)))
            shutil.rmtree(folder, ignore_errors=True)
            part.rename(folder)
    return folder


def made(folder: Path) -> dict[str, str]:
    """The hashes of the files in a folder that `shared` returned."""
    return json.loads((folder / HASHES).read_bytes())


def _whole(folder: Path) -> bool:
    """Whether a folder is there, and all in it as it was made."""
    try:
        return made(folder) == _hashes(folder)
    except (OSError, ValueError):
        return False


def _hashes(folder: Path) -> dict[str, str]:
    files = [file for file in sorted(folder.rglob("*")) if file.is_file() and file != folder / HASHES]
    return {file.relative_to(folder).as_posix(): declared.md5(file) for file in files}


def bring(name: str, shelf: Path, folder: Path) -> None:
    """Link what the stages before `name` have made, in `shelf`, into a job's folder."""
    for output in declared.outputs(project().before(name)):
        if (shelf / output).exists():
            (folder / output).parent.mkdir(parents=True, exist_ok=True)
            (folder / output).unlink(missing_ok=True)  # of an earlier sweep into the same folder
            (folder / output).symlink_to(shelf / output)
