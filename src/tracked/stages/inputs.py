"""Whether what a stage reads is still what the stages before it made: dvc.lock has its hash.

DVC itself looks at a file's size and time, and takes the rest for granted as long as they stay.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from tracked import declared
from tracked.errors import UserError
from tracked.settings.comparing import flat

LOCK = "dvc.lock"


def check(name: str, settings: Mapping[str, Any]) -> None:
    """Raises UserError, which names the file and the remedy, when an input of a stage is not as dvc.lock says."""
    check_files(map(Path, declared.inputs(name)), settings, Path())


def check_files(files: Iterable[Path], settings: Mapping[str, Any], root: Path) -> None:
    """The same of files in the repository `root`, for those that stages write.

    What dvc.lock says about other settings is about other files: it is passed over, as where there is none.
    """
    lock, makers, top = _lock(root / LOCK), declared.makers(), root.resolve()
    for file in files:
        absolute = file.absolute()
        path = absolute.relative_to(top).as_posix() if absolute.is_relative_to(top) else ""
        maker = makers.get(path, "")
        known = _known(lock, maker).get(path)
        if known is None or not _is_of(lock, maker, settings):
            continue
        if not file.exists():
            raise UserError(f"{file} is missing: `dvc checkout {path}` brings it back")
        if declared.md5(file) != known:
            raise UserError(
                f"{file} is damaged, or not what {maker} made last: remove it, then `dvc checkout {path}` brings it "
                f"back; `dvc commit {maker}` takes it as it is"
            )


def _is_of(lock: Mapping[str, Any], maker: str, settings: Mapping[str, Any]) -> bool:
    """Whether dvc.lock tells of a stage with these settings, and so of all stages before it."""
    read = lock.get(maker, {}).get("params", {}).get("params.yaml", {})
    now = flat(settings)
    same = all(str(now.get(key)) == str(value) for key, value in flat(read).items())  # YAML: 1e-05 is a text
    return same and all(_is_of(lock, before, settings) for before in set(declared.inputs(maker).values()))


def _known(lock: Mapping[str, Any], maker: str) -> dict[str, str]:
    """The hashes of a stage's files."""
    return {out["path"]: out["md5"] for out in lock.get(maker, {}).get("outs", []) if "nfiles" not in out}


def _lock(file: Path) -> dict[str, Any]:
    """The stages in dvc.lock. Raises UserError when it can't be read."""
    try:
        stages = yaml.load(file.read_bytes(), yaml.CSafeLoader)["stages"]
        for name in stages:  # what is read of it is there
            _known(stages, name), flat(stages[name].get("params", {}).get("params.yaml", {}))
    except FileNotFoundError:
        return {}
    except (yaml.YAMLError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"{file} is damaged ({type(error).__name__}): `git checkout {file}` brings the last one back"
        ) from None
    return stages
