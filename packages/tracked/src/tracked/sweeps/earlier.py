"""What the stages before a job's make: once for equal settings on a machine, shared by all jobs of all sweeps."""

import json
import shutil
from pathlib import Path
from typing import Any

from filelock import FileLock

from tracked import declared, meanwhile
from tracked.outcome import unheard
from tracked.project import here, project
from tracked.runs import active
from tracked.runs.active import StageRun
from tracked.settings.hashes import fingerprint, md5
from tracked.settings.validation import validate

HASHES = "hashes.json"  # of all that stages have written onto a shelf, by its path


def shelf(name: str, settings: dict[str, Any]) -> Path:
    """The folder for the files of the stages before `name`."""
    stages = project().before(name)
    own = {section: settings[section] for section in declared.sections(stages) if section in settings}
    return (
        here().root
        / ".dvc/tmp/earlier"
        / fingerprint(
            {"stages": stages, "settings": own, "code": declared.code(stages), "read": declared.read(settings)}
        )
    )


def shared(name: str, settings: dict[str, Any], stages: list[str], code: str) -> Path:
    """That folder with the files in it: the stages before `name` run if they are not there yet, or damaged.

    Raises UserError when the code of the sweep's `stages` is no longer what it was at its start, by its hash: this
    process may have imported either, and the folder would keep what one made under the other's name.
    """
    folder = shelf(name, settings)
    if _whole(folder):
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not _whole(folder):
            part = folder.with_suffix(".part")
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir()
            declared.link_inputs(project().before(name), part)
            for stage in project().before(name):
                with active.running(StageRun(stage)):
                    project().stage(stage)(validate(settings, "settings"), part, unheard)
            meanwhile.same_code(stages, code)
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
    files = [file for file in sorted(folder.rglob("*")) if file.is_file() and not file.is_symlink()]
    return {file.relative_to(folder).as_posix(): md5(file) for file in files if file != folder / HASHES}


def bring(name: str, source: Path, folder: Path) -> None:
    """Link what the stages before `name` have made, in `source`, into a job's folder."""
    for output in declared.outputs(project().before(name)):
        if (source / output).exists():
            (folder / output).parent.mkdir(parents=True, exist_ok=True)
            (folder / output).unlink(missing_ok=True)  # of an earlier sweep into the same folder
            (folder / output).symlink_to(source / output)
