"""What answers rest on: sweeps and experiments, each run once for its settings and code."""

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from study.places import CACHE, ROOT, write

Table = dict[str, Any]


class Evidence(Protocol):
    """A sweep or an experiment."""

    @property
    def name(self) -> str:
        """By which it is told from the others."""

    @property
    def title(self) -> str:
        """The name of its run in MLflow."""

    @property
    def shown(self) -> str:
        """The command that the page names for it."""

    @property
    def key(self) -> str:
        """A hash of all that the result depends on."""

    def run(self) -> Table:
        """Find it out, which may take minutes. JSON-able."""


def known(evidence: Evidence) -> Table | None:
    """What was found out before, if nothing that it depends on has changed."""
    file = _file(evidence)
    if not file.exists():
        return None
    kept = json.loads(file.read_text())
    return kept["result"] if kept["key"] == evidence.key else None


def found(evidence: Evidence) -> Table:
    """Find it out and keep it."""
    key, result = evidence.key, evidence.run()
    write(_file(evidence), json.dumps({"key": key, "result": result}).encode())
    return json.loads(json.dumps(result))  # as it will be read again


def hashed(*parts: str, files: Iterable[Path] = ()) -> str:
    """A hash of texts and of the contents of files and folders."""
    whole = hashlib.sha256("\0".join(parts).encode())
    for path in files:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                whole.update(file.relative_to(ROOT).as_posix().encode() + file.read_bytes())
    return whole.hexdigest()


def _file(evidence: Evidence) -> Path:
    return CACHE / f"{re.sub('[^a-z0-9]+', '_', evidence.name)}.json"
