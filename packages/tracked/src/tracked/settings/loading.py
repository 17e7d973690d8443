"""Settings as plain dictionaries, from YAML and from what Hydra composed."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from tracked.errors import UserError
from tracked.messages import one_line
from tracked.secrets.masking import VARIABLE, holds_secret
from tracked.settings import yaml_file
from tracked.settings.comparing import leaves

OF_ENVIRONMENT = re.compile(r"\$\{\s*oc\.env:\s*(\w+)")


def load(path: Path) -> dict[str, Any]:
    """The settings in a YAML file. Raises UserError when it can't be read."""
    try:
        yaml_file.check(path)
        settings = OmegaConf.load(path)
    except FileNotFoundError:
        raise UserError(f"{path} is missing: it has the settings as `key: value` lines") from None
    except UserError:
        raise
    except Exception as error:  # the YAML parser's errors share no base class with OmegaConf's
        raise UserError(f"{path} is not readable YAML: {one_line(error)}") from None
    if not isinstance(settings, DictConfig):
        raise UserError(f"{path} must hold settings as `key: value` lines")
    return as_dict(settings)


def as_dict(settings: DictConfig) -> dict[str, Any]:
    """Plain, resolved settings without Hydra's own node. Raises UserError where one holds a secret."""
    own = OmegaConf.masked_copy(settings, [str(key) for key in settings if key != "hydra"])
    try:
        plain = OmegaConf.to_container(own, resolve=True)
    except OmegaConfBaseException as error:
        raise UserError(one_line(error)) from None
    assert isinstance(plain, dict)
    refuse_secrets(OmegaConf.to_container(own), plain)
    return {str(key): value for key, value in plain.items()}


def as_given(overrides: Sequence[str]) -> list[str]:
    """Hydra's record of overrides as the user gave them, interpolations unresolved."""
    plain = OmegaConf.to_container(overrides, resolve=False)
    assert isinstance(plain, list)
    return list(map(str, plain))


def refuse_secrets(written: Any, resolved: Any) -> None:
    """Raises UserError for a setting that is resolved from a variable of the environment whose name or value says
    secret, as params.yaml and MLflow would keep it. `written` are the settings before interpolations are resolved."""
    texts = dict(leaves(written))
    for key, value in leaves(resolved):
        text = str(texts.get(key, value))
        names = [name for name in OF_ENVIRONMENT.findall(text) if VARIABLE.search(name)]
        if names or ("${" in text and holds_secret(str(value))):
            of = f"the variable {names[0]}" if names else "the environment"
            raise UserError(f"{key} is read from {of}, which holds a secret, and runs would keep it: read it in code")


def refuse_overridden_secrets(given: dict[str, Any], composed: dict[str, Any]) -> None:
    """Raises UserError for a setting that differs from conf/'s own, `composed`, and holds a secret: `dvc exp run` has
    resolved its overrides before anybody can see what they read."""
    of_conf = dict(leaves(composed))
    for key, value in leaves(given):
        if value != of_conf.get(key) and holds_secret(str(value)):
            raise UserError(f"{key} holds a secret, and runs would keep it: read it in code")
