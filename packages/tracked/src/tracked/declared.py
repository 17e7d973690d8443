"""What dvc.yaml declares: the settings that stages read, the code that they run, the files that they write."""

import hashlib
import os
from collections.abc import Iterable
from functools import cache, partial
from pathlib import Path
from typing import Any

import yaml

from tracked.errors import UserError
from tracked.project import here, project
from tracked.settings.comparing import fingerprint


def sections(stages: Iterable[str]) -> set[str]:
    """The sections of params.yaml that the stages read."""
    return {key.partition(".")[0] for stage in stages for key in _graph()[stage].get("params", [])}


def code(stages: Iterable[str]) -> str:
    """A hash of what the stages run and read: of their dependencies, but for what other stages write."""
    made = set(outputs())
    return fingerprint({path: known for path, known in hashes(stages).items() if path not in made})


def hashes(stages: Iterable[str]) -> dict[str, Any]:
    """The hashes of all files that the stages depend on, by path; of links, those of what they lead to."""
    deps = {dep for stage in stages for dep in _graph()[stage].get("deps", [])}
    files = {file for dep in deps for file in _files(here().code / dep)}
    return {file.relative_to(here().code).as_posix(): md5(file) for file in files}


def read(settings: dict[str, Any]) -> dict[str, str]:
    """The hashes of what else the settings make stages read, by path, wherever it lies. Raises UserError."""
    found = project().read_by(settings)
    return {str(file): md5(file) for path in found for file in _files(here().code / path)}


def outputs(stages: Iterable[str] | None = None) -> list[str]:
    """The files and folders that the stages write; without names, those of all stages."""
    chosen = _graph() if stages is None else stages
    return [path for name in chosen for path in _entries(_graph()[name])]


def inputs(stage: str) -> dict[str, str]:
    """What a stage reads of other stages: path, and the stage that writes it."""
    known = makers()
    return {dep: known[dep] for dep in _graph()[stage].get("deps", []) if dep in known}


def makers() -> dict[str, str]:
    """The stage that writes each output."""
    return {path: name for name in _graph() for path in outputs([name])}


def only_written() -> list[str]:
    """The outputs that no person edits: those that persist, as params.yaml, may be edited."""
    entries = [item for stage in _graph().values() for item in _entries(stage).items()]
    return [path for path, options in entries if not options.get("persist")]


def _entries(stage: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The outputs of a stage, with what is said of each."""
    entries = [entry for kind in ("outs", "metrics", "plots") for entry in stage.get(kind, [])]
    return {
        path: said for entry in entries for path, said in (entry if isinstance(entry, dict) else {entry: {}}).items()
    }


@cache
def _graph() -> dict[str, Any]:
    """The stages in dvc.yaml. Raises UserError when it can't be read."""
    try:
        stages = yaml.safe_load((here().code / "dvc.yaml").read_bytes())["stages"]
        for stage in stages.values():
            _entries(stage)
    except (yaml.YAMLError, ValueError, KeyError, TypeError, AttributeError) as error:
        told = " ".join(str(error).split())
        raise UserError(f"dvc.yaml can't be read ({type(error).__name__}: {told}): `git diff dvc.yaml`") from None
    return stages


def _files(path: Path) -> list[Path]:
    """The files below a folder, those that links lead to included, or the file itself."""
    if not path.is_dir():
        return [path] if path.is_file() else []
    found, seen = [], set()
    for folder, folders, names in os.walk(path, followlinks=True):
        seen.add(os.path.realpath(folder))
        folders[:] = [
            name for name in folders if name != "__pycache__" and os.path.realpath(Path(folder, name)) not in seen
        ]
        found += [Path(folder, name) for name in names]
    return sorted(file for file in found if file.is_file())


def md5(file: Path) -> str:
    """The hash by which DVC knows a file."""
    with file.open("rb") as content:  # it may be larger than memory
        return hashlib.file_digest(content, partial(hashlib.md5, usedforsecurity=False)).hexdigest()
