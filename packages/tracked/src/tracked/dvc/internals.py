"""What leans on DVC's private side: the only place to look when a new DVC breaks something.

DVC has no public way to compose Hydra as `dvc exp run` does, nor to resolve dvc.yaml without opening the repository,
which takes 0.2 s more.
"""

import json
import os
import posixpath
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import IO, Any

from omegaconf import DictConfig, OmegaConf

from tracked.errors import UserError
from tracked.hashes import md5_of_content
from tracked.messages import one_line


def composition(conf: Path) -> DictConfig:
    """What conf/ says now, as `dvc exp run` composes it, not resolved yet. Raises UserError when Hydra refuses it."""
    from hydra import compose, initialize_config_dir  # slow to import

    try:
        with initialize_config_dir(str(conf.resolve()), version_base=None):
            return compose("config")
    except Exception as error:  # what Hydra raises for odd settings shares no base class
        raise UserError(f"conf/: {one_line(error)}") from None


def written(composed: DictConfig) -> bytes:
    """A composition as DVC writes it to params.yaml, byte for byte. Raises UserError when it can't be resolved."""
    resolved = composed.copy()
    try:
        OmegaConf.resolve(resolved)
    except Exception as error:
        raise UserError(f"conf/: {one_line(error)}{_hint(str(error))}") from None
    return OmegaConf.to_yaml(resolved).encode()


def _hint(message: str) -> str:
    unknown = "HydraConfig was not set" in message
    return ": DVC composes without Hydra's own settings, so ${hydra:...} works in `tracked run` alone" * unknown


class _Files:
    """A folder, with what DVC's resolver and readers ask of a file system."""

    join, normpath, isabs = staticmethod(posixpath.join), staticmethod(posixpath.normpath), staticmethod(os.path.isabs)

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def exists(self, path: str) -> bool:
        return (self.folder / path).exists()

    def isdir(self, path: str) -> bool:
        return (self.folder / path).is_dir()

    def suffix(self, path: str) -> str:
        return PurePosixPath(path).suffix

    def open(self, path: str, mode: str = "r", encoding: str | None = None) -> IO[Any]:
        return (self.folder / path).open(mode, encoding=encoding)


def resolved(folder: Path, content: str) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The stages of a dvc.yaml in a folder with `vars`, `${}`, `foreach` and `matrix` resolved, and the values that
    were taken from files, by file and key. Raises UserError for what DVC refuses."""
    from dvc.exceptions import DvcException
    from dvc.parsing import DataResolver
    from dvc.utils.serialize import parse_yaml

    repo: Any = SimpleNamespace(fs=_Files(folder), config={})
    try:
        resolver = DataResolver(repo, "", parse_yaml(content, "dvc.yaml"))
        stages = {name: resolver.resolve_one(name)[name] for name in resolver.get_keys()}
    except (DvcException, AssertionError) as error:
        told = one_line(error) or "DVC can't resolve it: `dvc stage list` says why"
        raise UserError(f"dvc.yaml: {told}") from None
    used: dict[str, dict[str, Any]] = {}
    for sources in resolver.tracked_vars.values():
        for file, values in sources.items():
            used.setdefault(file, {}).update(values)
    for template in resolver.definitions.values():
        for node in _nodes(getattr(template, "resolved_iterable", None)):
            used.setdefault(node.meta.source, {})[node.meta.path()] = node.value
    return stages, {file: values for file, values in used.items() if (folder / file).is_file()}


def _nodes(value: Any) -> Iterator[Any]:
    """The values from elsewhere in what `foreach` or `matrix` goes through."""
    from dvc.parsing.context import Node

    if isinstance(value, Node):
        yield from [value] if value.meta.source else []
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _nodes(part)


def params(folder: Path, file: str, keys: Iterable[str]) -> dict[str, str]:
    """The hashes of values in a file of parameters below a folder, by key, as many as are there; without keys, of all.

    Raises UserError when it can't be read.
    """
    from dvc.dependency.param import read_param_file
    from dvc.exceptions import DvcException

    if not (folder / file).is_file():
        return {}
    files: Any = _Files(folder)
    try:
        found = read_param_file(files, file, list(keys), flatten=True)
    except (DvcException, ValueError) as error:
        raise UserError(f"{file} can't be read: {one_line(error)}") from None
    texts = {key: json.dumps(value, sort_keys=True, default=str) for key, value in found.items()}
    return {key: md5_of_content(text.encode()) for key, text in texts.items()}


def metrics(folder: Path, path: str) -> Any:
    """What a file of metrics below a folder holds. Raises UserError when it can't be read."""
    from dvc.exceptions import DvcException
    from dvc.utils.serialize import LOADERS

    try:
        return LOADERS[PurePosixPath(path).suffix.lower()](str(folder / path))
    except (DvcException, OSError, ValueError) as error:
        raise UserError(f"{path}: its metrics can't be read: {one_line(error)}") from None
