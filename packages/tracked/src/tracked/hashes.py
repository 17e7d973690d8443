"""Hashes: of files, contents and folders as DVC has them in dvc.lock, and of settings."""

import hashlib
import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from tracked.strays import is_stray


def md5(file: Path) -> str:
    """The hash by which DVC knows a file."""
    with file.open("rb") as content:  # it may be larger than memory
        return hashlib.file_digest(content, partial(hashlib.md5, usedforsecurity=False)).hexdigest()


def md5_of_content(content: bytes) -> str:
    """The hash by which DVC knows a file with this content."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def md5_of_folder(folder: Path) -> str:
    """The hash by which DVC knows a folder: of the JSON list of its files' hashes and names."""
    files = [path for path in folder.rglob("*") if path.is_file() and not is_stray(path.relative_to(folder))]
    rows = [{"md5": md5(path), "relpath": path.relative_to(folder).as_posix()} for path in files]
    rows.sort(key=lambda row: row["relpath"])
    return md5_of_content(json.dumps(rows, sort_keys=True).encode()) + ".dir"


def fingerprint(settings: Mapping[str, Any]) -> str:
    """A hash that equal settings share, whatever the order of their keys."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:16]
