"""What dvc.yaml declares: the settings that stages read, the code that they run, the files that they write."""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tracked.project import CODE
from tracked.settings.comparing import fingerprint


def sections(stages: Iterable[str]) -> set[str]:
    """The sections of params.yaml that the stages read."""
    return {section for stage in stages for section in _graph()[stage].get("params", [])}


def code(stages: Iterable[str]) -> str:
    """A hash of the code that the stages run: of their dependencies, but for what other stages write."""
    made = set(outputs())
    deps = {dep for stage in stages for dep in _graph()[stage]["deps"] if dep not in made}
    files = {file for dep in deps for file in _python_files(CODE / dep)}
    return fingerprint({file.relative_to(CODE).as_posix(): _md5(file) for file in files})


def outputs(stages: Iterable[str] | None = None) -> list[str]:
    """The files and folders that the stages write; without names, those of all stages."""
    chosen = _graph() if stages is None else stages
    entries = [entry for name in chosen for kind in ("outs", "metrics") for entry in _graph()[name].get(kind, [])]
    return [path for entry in entries for path in (entry if isinstance(entry, dict) else [entry])]


@cache
def _graph() -> dict[str, Any]:
    return yaml.safe_load((CODE / "dvc.yaml").read_text())["stages"]


def _python_files(path: Path) -> list[Path]:
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _md5(file: Path) -> str:
    return hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()
