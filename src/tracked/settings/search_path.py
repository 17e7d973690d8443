"""Hydra looks for settings nowhere but in conf/, whoever composes, DVC too: of a pkg:// it imports the module.

This leans on the private method by which Hydra 1.3 adds to its search path.
"""

from typing import Any

from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.errors import ConfigCompositionException


def close() -> None:
    """Have Hydra add nothing to its search path in this process: told to, it raises ConfigCompositionException."""
    ConfigLoaderImpl._process_config_searchpath = _refuse  # type: ignore[assignment, method-assign]


def _refuse(_loader: Any, _config_name: str | None, overrides: Any, _repository: Any) -> None:
    if any(override.key_or_group == "hydra.searchpath" for override in overrides):
        raise ConfigCompositionException("hydra.searchpath: settings come from conf/ alone")
