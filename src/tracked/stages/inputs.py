"""Whether what a stage reads is still what the stages before it made: dvc.lock has its hash.

DVC itself looks at a file's size and time, and takes the rest for granted as long as they stay.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tracked import declared
from tracked.errors import UserError
from tracked.settings.comparing import flat

LOCK = Path("dvc.lock")


def check(name: str, settings: Mapping[str, Any]) -> None:
    """Raises UserError, which names the file and the remedy, when an input of a stage is not as dvc.lock says.

    What dvc.lock says about other settings is about other files: it is passed over, as where there is none.
    """
    lock = _lock()
    for path, maker in declared.inputs(name).items():
        known = _known(lock, maker).get(path)
        if known is None or not _is_of(lock, maker, settings):
            continue
        if not Path(path).exists():
            raise UserError(f"{path} is missing: `dvc checkout {path}` brings it back")
        if declared.md5(Path(path)) != known:
            raise UserError(
                f"{path} is damaged, or not what {maker} made last: remove it, then `dvc checkout {path}` brings it "
                f"back; `dvc commit {maker}` takes it as it is"
            )


def _is_of(lock: Mapping[str, Any], maker: str, settings: Mapping[str, Any]) -> bool:
    """Whether dvc.lock tells of a stage with these settings, and so of all stages before it."""
    read = lock.get(maker, {}).get("params", {}).get("params.yaml", {})
    now = flat(settings)
    same = all(now.get(key) == value for key, value in flat(read).items())
    return same and all(_is_of(lock, before, settings) for before in set(declared.inputs(maker).values()))


def _known(lock: Mapping[str, Any], maker: str) -> dict[str, str]:
    """The hashes of a stage's files."""
    return {out["path"]: out["md5"] for out in lock.get(maker, {}).get("outs", []) if "nfiles" not in out}


def _lock() -> dict[str, Any]:
    """The stages in dvc.lock. Raises UserError when it can't be read."""
    try:
        stages = yaml.load(LOCK.read_bytes(), yaml.CSafeLoader)["stages"]
        for name in stages:  # what is read of it is there
            _known(stages, name), flat(stages[name].get("params", {}).get("params.yaml", {}))
    except FileNotFoundError:
        return {}
    except (yaml.YAMLError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"{LOCK} is damaged ({type(error).__name__}): `git checkout {LOCK}` brings the last one back"
        ) from None
    return stages
