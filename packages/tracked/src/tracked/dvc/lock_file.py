"""dvc.lock: the settings that the stages ran with last, and the hashes of what they read and wrote."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import yaml

from tracked.errors import UserError
from tracked.settings import yaml_file
from tracked.settings.comparing import flat

MERGE = b"<<<<<<< "


class _Loader(yaml_file.Loader):  # type: ignore[name-defined, misc]
    """Reads values as OmegaConf does: a date is a text, 1e-05 a number."""

    yaml_implicit_resolvers: ClassVar = {
        sign: [(tag, pattern) for tag, pattern in known if not tag.endswith(":timestamp")]
        for sign, known in yaml_file.Loader.yaml_implicit_resolvers.items()
    }


_Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"[-+]?\d+[eE][-+]?\d+$"), list("-+0123456789"))


def stages(file: Path, from_root: Callable[[str, str], str] = lambda _, path: path) -> dict[str, Any]:
    """What it says, by stage; nothing where there is no such file. Raises UserError when it is damaged.

    Paths are from the folder in which their stage runs: `from_root(stage, path)` says where that is.
    """
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return {}
    try:
        entries = yaml.load(content, _Loader).get("stages", {})  # noqa: S506, a safe one
        for name, entry in entries.items():
            for item in (*entry.get("deps", []), *entry.get("outs", [])):
                item["path"] = from_root(name, item["path"])
            entry["params"] = {from_root(name, path): keys for path, keys in entry.get("params", {}).items()}
            hashes(entry, "deps"), hashes(entry, "outs"), flat(settings(entry))  # what is read of it is there
    except (yaml.YAMLError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        if MERGE in content:
            raise UserError(
                f"{file} has both sides of a merge: `git checkout --ours {file}` or `--theirs` takes one of them"
            ) from None
        raise UserError(
            f"{file} is damaged ({type(error).__name__}): `git checkout {file}` brings the last one back"
        ) from None
    return entries


def hashes(entry: Mapping[str, Any], kind: str) -> dict[str, str]:
    """The hashes of a stage's `deps` or `outs`, by path."""
    return {item["path"]: str(item["md5"]) for item in entry.get(kind, []) if "md5" in item}


def settings(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that a stage has read."""
    return entry.get("params", {}).get("params.yaml", {})
