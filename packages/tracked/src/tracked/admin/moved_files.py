"""The files of runs and models, put where a server keeps what it serves."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from mlflow.utils.file_utils import local_file_uri_to_path
from mlflow.utils.uri import is_local_uri

from tracked.admin.shared_store import ARTIFACTS
from tracked.errors import UserError


def copy(folders: Iterable[tuple[str, str]], destination: str) -> int:
    """Copy folders, each from its location here to its location there; how many files they have.

    `destination` is what the server was given as --artifacts-destination. What is there already is written again, so
    that a copy that was cut off is made whole. Raises UserError when a file does not arrive in its length.
    """
    repository, n = get_artifact_repository(destination), 0
    for here, there in folders:
        if not (files := _files(here)):
            continue
        if not there.startswith(ARTIFACTS):
            raise UserError(f"the server does not serve {there} itself: start it with --serve-artifacts")
        location = there.removeprefix(ARTIFACTS).strip("/")
        repository.log_artifacts(local_file_uri_to_path(here), location)
        arrived = _listed(repository, location)
        if missing := {name for name, size in files.items() if arrived.get(f"{location}/{name}") != size}:
            raise UserError(f"{min(missing)} of {here} did not arrive whole in {destination}: nothing is moved")
        n += len(files)
    return n


def count(locations: Iterable[str]) -> int:
    """How many files runs and models have here."""
    return sum(len(_files(location)) for location in locations)


def _files(location: str) -> dict[str, int]:
    """The files in a location here, with their lengths."""
    if not is_local_uri(location):
        return {}
    folder = Path(local_file_uri_to_path(location))
    return {file.relative_to(folder).as_posix(): file.stat().st_size for file in folder.rglob("*") if file.is_file()}


def _listed(repository: Any, location: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in repository.list_artifacts(location):
        found |= _listed(repository, entry.path) if entry.is_dir else {entry.path: entry.file_size}
    return found
