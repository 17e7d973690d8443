"""Whether what a stage reads is still what the stages before it made: dvc.lock has its hash.

DVC itself looks at a file's size and time, and takes the rest for granted as long as they stay.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tracked import hashes
from tracked.dvc import declared, lock_file
from tracked.errors import UserError
from tracked.project import project
from tracked.settings.comparing import flat


def check(name: str, settings: Mapping[str, Any]) -> None:
    """Raises UserError, which names the file and the remedy, when an input of a stage is not as dvc.lock says."""
    check_files(map(Path, declared.inputs(name)), settings, Path())


def check_files(files: Iterable[Path], settings: Mapping[str, Any], root: Path) -> None:
    """The same of files in the repository `root`, for those that stages write.

    What dvc.lock says about other settings is about other files: it is passed over, as where there is none.
    """
    lock, makers, top = _lock(root), declared.makers(), root.resolve()
    for file in files:
        absolute = file.absolute()
        path = absolute.relative_to(top).as_posix() if absolute.is_relative_to(top) else ""
        maker = makers.get(path, "")
        known = lock_file.hashes(lock.get(maker, {}), "outs").get(path, ".dir")
        if known.endswith(".dir") or not _is_of(lock, maker, settings):
            continue
        if not file.exists():
            raise UserError(f"{file} is missing: `dvc checkout {path}` brings it back")
        if hashes.md5(file) != known:
            raise UserError(
                f"{file} is damaged, or not what {maker} made last: remove it, then `dvc checkout {path}` brings it "
                f"back; `dvc commit {maker}` takes it as it is"
            )


def all_there(settings: Mapping[str, Any], root: Path) -> bool:
    """Whether all that stages write is in the repository `root`, as dvc.lock tells of these settings.

    Raises UserError when dvc.lock can't be read.
    """
    lock = _lock(root)
    return all(
        stage in lock
        and _is_of(lock, stage, settings)
        and all(_is(root / path, md5) for path, md5 in lock_file.hashes(lock[stage], "outs").items())
        for stage in project().stages
    )


def _lock(root: Path) -> dict[str, Any]:
    return lock_file.stages(root / "dvc.lock", declared.from_root)


def _is(path: Path, md5: str) -> bool:
    if md5.endswith(".dir"):
        return path.is_dir() and hashes.md5_of_folder(path) == md5
    return path.is_file() and hashes.md5(path) == md5


def _is_of(lock: Mapping[str, Any], maker: str, settings: Mapping[str, Any]) -> bool:
    """Whether dvc.lock tells of a stage with these settings, and so of all stages before it."""
    now = flat(settings)
    read = flat(lock_file.settings(lock.get(maker, {})))
    same = all(now.get(key) == value for key, value in read.items())
    return same and all(_is_of(lock, before, settings) for before in set(declared.inputs(maker).values()))
