"""Settings as plain dictionaries, from YAML and from what Hydra composed."""

from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from tracked.errors import UserError
from tracked.settings import environment, yaml_file


def load(path: Path) -> dict[str, Any]:
    """The settings in a YAML file. Raises UserError when it can't be read."""
    try:
        yaml_file.check(path)
        settings = OmegaConf.load(path)
    except FileNotFoundError:
        raise UserError(f"{path} is missing: `dvc repro compose` writes it from conf/") from None
    except UserError:
        raise
    except Exception as error:  # the YAML parser's errors share no base class with OmegaConf's
        raise UserError(f"{path} is not readable YAML: {' '.join(str(error).split())}") from None
    if not isinstance(settings, DictConfig):
        raise UserError(f"{path} must hold settings as `key: value` lines")
    return as_dict(settings)


def loads(text: str) -> dict[str, Any]:
    """The settings in a YAML text."""
    settings = OmegaConf.create(text)
    assert isinstance(settings, DictConfig)
    return as_dict(settings)


def as_dict(settings: DictConfig) -> dict[str, Any]:
    """Plain, resolved settings without Hydra's own node. Raises UserError where they ask for more than each other."""
    own = OmegaConf.masked_copy(settings, [str(key) for key in settings if key != "hydra"])
    try:
        environment.check(own)
        plain = OmegaConf.to_container(own, resolve=True)
    except OmegaConfBaseException as error:
        raise UserError(" ".join(str(error).split())) from None
    assert isinstance(plain, dict)
    return {str(key): value for key, value in plain.items()}
