"""What the stages before a job's make: once for equal settings on a machine, shared by all jobs of all sweeps."""

import json
import shutil
from pathlib import Path

from filelock import FileLock

from tracked import remembered
from tracked.dvc import declared, meanwhile
from tracked.hashes import fingerprint
from tracked.project import here, project
from tracked.settings.settings import Settings
from tracked.stages import tracking

HASHES = "hashes.json"  # of all that stages have written onto a shelf, by its path


def shelf(name: str, settings: Settings) -> Path:
    """The folder for the files of the stages before `name`."""
    stages = project().before(name)
    own, read = settings.of(declared.sections(stages)), declared.read(settings.plain)
    key = fingerprint({"stages": stages, "settings": own, "code": declared.code(stages), "read": read})
    return here().root / ".dvc/tmp/earlier" / key


def shared(name: str, settings: Settings, stages: list[str], code: str) -> Path:
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
            before = project().before(name)
            declared.link_inputs(before, part)
            with tracking.runner(before) as runner:
                for stage in before:
                    tracking.untracked(runner, stage, settings, part)
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
    known = remembered.md5s(file for file in files if file != folder / HASHES)
    return {file.relative_to(folder).as_posix(): md5 for file, md5 in known.items()}


def bring(name: str, source: Path, folder: Path) -> None:
    """Link what the stages before `name` have made, in `source`, into a job's folder."""
    for output in declared.outputs(project().before(name)):
        if (source / output).exists():
            (folder / output).parent.mkdir(parents=True, exist_ok=True)
            (folder / output).unlink(missing_ok=True)  # of an earlier sweep into the same folder
            (folder / output).symlink_to(source / output)
