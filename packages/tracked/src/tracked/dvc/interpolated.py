"""Settings that dvc.yaml takes as `${KEY}`: DVC has made the graph of them, so that no run can have others."""

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

from omegaconf import DictConfig, OmegaConf

from tracked.dvc import graph
from tracked.errors import UserError
from tracked.messages import shown
from tracked.project import here


def refuse(settings: DictConfig) -> None:
    """Raises UserError for a setting with another value than dvc.yaml has taken."""
    for key, (value, file) in _taken().items():
        if (now := OmegaConf.select(settings, key, default=value)) != value:
            raise UserError(
                f"{key}={shown(now)} is not what dvc.yaml has taken from {file} for its stages, "
                f"{key}={shown(value)}: change it there"
            )


def refuse_swept(keys: Iterable[str]) -> None:
    """Raises UserError for a swept key, dotted, that dvc.yaml takes, or that is a part of one or has one in it."""
    for key in keys:
        for taken, (_, file) in _taken().items():
            if graph.overlap(key.replace(".", "/"), taken.replace(".", "/")):
                raise UserError(
                    f"{key} can't be swept: dvc.yaml takes {taken} from {file}, and has other stages for another value"
                )


def _taken() -> dict[str, tuple[Any, str]]:
    """The settings that dvc.yaml takes, by dotted key: the value, and the file that it is from."""
    found: dict[str, tuple[Any, str]] = {}
    for file, values in graph.interpolated(here().code).items():
        parts = PurePosixPath(file).parts
        if file == graph.PARAMS or parts[0] == "conf":  # a file of a group has its folder's section
            found |= {".".join([*parts[1:-1], key]): (value, file) for key, value in values.items()}
    return found
