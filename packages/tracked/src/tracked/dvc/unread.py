"""Settings given to a stage that reads none of their section: they would change nothing, and nobody would notice."""

from collections.abc import Iterable

from omegaconf import DictConfig, OmegaConf

from tracked.dvc import declared
from tracked.errors import UserError
from tracked.project import WHOLE, project


def refuse(overrides: Iterable[str], config: DictConfig, name: str) -> None:
    """Raises UserError for an override whose section neither `name` reads, nor a stage before it."""
    sections = declared.sections([*project().before(name), *([] if name == WHOLE else [name])])
    read = OmegaConf.masked_copy(config, [str(key) for key in config if key in sections])
    if "${" in str(read):  # it may be read by way of another
        return
    for override in overrides:
        key = override.partition("=")[0]
        section = key.lstrip("+~").replace("/", ".").partition(".")[0]
        if section != "hydra" and section in config and section not in sections:
            raise UserError(f"{key} changes nothing of {name}, which reads {', '.join(sorted(sections))}")
