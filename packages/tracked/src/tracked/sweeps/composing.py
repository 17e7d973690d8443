"""The settings of a job, as Hydra would compose them."""

from collections.abc import Mapping
from typing import Any

from hydra.core.config_loader import ConfigLoader
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import DictConfig, OmegaConf

from tracked.errors import UserError
from tracked.settings.loading import as_dict


def settings(config: DictConfig, loader: ConfigLoader, fixed: list[str], changes: Mapping[str, str]) -> dict[str, Any]:
    """What the overrides `fixed`, which `config` was composed with, and `changes` to it give, plain and resolved.

    Hydra reads all files for it, which takes 0.06 s, longer than a short training. Where all that changes is a value
    that is there, it is put in its place instead. Raises Hydra's errors for what is not there.
    """
    if not all(_is_value(config, key) for key in changes):
        try:
            composed = loader.load_sweep_config(config, [*fixed, *_lines(changes)])
        except ValueError as error:  # Hydra's, for a section that is given a number
            raise UserError(f"{', '.join(_lines(changes))}: {error}") from None
        return as_dict(composed)
    own = OmegaConf.masked_copy(config, [str(key) for key in config if key != "hydra"])
    for override in OverridesParser.create(config_loader=loader).parse_overrides(_lines(changes)):
        OmegaConf.update(own, override.key_or_group, override.value())
    return as_dict(own)


def _is_value(config: DictConfig, key: str) -> bool:
    """Whether a key names a single value, not a choice of a group's files or something new."""
    found = OmegaConf.select(config, key, throw_on_missing=False) if "/" not in key else None
    return found is not None and not OmegaConf.is_config(found)


def _lines(changes: Mapping[str, str]) -> list[str]:
    return [f"{key}={value}" for key, value in changes.items()]
