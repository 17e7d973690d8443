"""The settings of a job, as Hydra would compose them."""

from collections.abc import Mapping, Sequence
from typing import Any

from hydra.core.config_loader import ConfigLoader
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from omegaconf import DictConfig, OmegaConf, open_dict

from tracked.errors import UserError
from tracked.settings.loading import as_dict
from tracked.sweeps.overrides import bare, lines, related


def settings(
    config: DictConfig, loader: ConfigLoader, overrides: Sequence[Override], values: Mapping[str, str]
) -> dict[str, Any]:
    """What the overrides give with these `values` of the swept keys, plain and resolved; `config` was composed with the
    others.

    Hydra reads all files for it, which takes 0.06 s, longer than a short training. Where all that changes is a value
    that is there, and that no other override touches, it is put in its place instead. Raises Hydra's errors for what is
    not there.
    """
    if not all(_is_value(config, key) and _is_alone(key, overrides) for key in values):
        composed = composed_job(config, loader, lines(overrides, values))
        _refuse_other_sweep(config, composed, values)
        _refuse_unused(composed, loader, values)
        return as_dict(composed)
    own = OmegaConf.masked_copy(config, [str(key) for key in config if key != "hydra"])
    for override in OverridesParser.create(config_loader=loader).parse_overrides(_lines(values)):
        OmegaConf.update(own, override.key_or_group, override.value())
    return as_dict(own)


def composed_job(config: DictConfig, loader: ConfigLoader, given: list[str]) -> DictConfig:
    """A job's whole configuration, as Hydra's launchers compose it."""
    try:
        return loader.load_sweep_config(config, given)
    except ValueError as error:  # Hydra's, for a section that is given a number
        raise UserError(f"{', '.join(given)}: {error}") from None


def folder(config: DictConfig, loader: ConfigLoader, given: list[str], number: int) -> str:
    """The folder of a job below its sweep's, as hydra.sweep.subdir says."""
    if str(_written(config)) == "${hydra.job.num}":
        return str(number)
    job = composed_job(config, loader, given)
    OmegaConf.set_readonly(job, False)
    with open_dict(job):
        job.hydra.job.num, job.hydra.job.id = number, f"job_{number}"
    return str(job.hydra.sweep.subdir)


def _written(config: DictConfig) -> Any:
    return OmegaConf.to_container(config.hydra.sweep, resolve=False)["subdir"]  # type: ignore[index, call-overload]


def _refuse_other_sweep(config: DictConfig, job: DictConfig, values: Mapping[str, str]) -> None:
    """Raises UserError when one of several values is a file that says how to sweep: Hydra has read that already."""
    for part in ("sweeper", "launcher", "mode"):
        if job.hydra[part] != config.hydra[part]:
            given = ", ".join(f"{key}={value}" for key, value in values.items())
            raise UserError(
                f"{given} sets hydra.{part}, which can't be one of several values: start a sweep for each by itself"
            )


def _refuse_unused(job: DictConfig, loader: ConfigLoader, values: Mapping[str, str]) -> None:
    """Raises UserError when a job has not the value that its name says, as another override comes after it."""
    for override in OverridesParser.create(config_loader=loader).parse_overrides(_lines(values)):
        key, value = override.key_or_group, override.value()
        if key in job.hydra.runtime.choices or isinstance(value, dict) or "${" in str(value):
            continue
        if (found := OmegaConf.select(job, key, throw_on_missing=False)) != value:
            raise UserError(
                f"{override.input_line}: {bare(key)} is {found} in the end: another override comes after it"
            )


def _is_alone(key: str, overrides: Sequence[Override]) -> bool:
    return sum(related(key, override.get_key_element()) for override in overrides) == 1


def _is_value(config: DictConfig, key: str) -> bool:
    """Whether a key names a single value, not a choice of a group's files or something new."""
    found = OmegaConf.select(config, key, throw_on_missing=False) if "/" not in key else None
    return found is not None and not OmegaConf.is_config(found)


def _lines(changes: Mapping[str, str]) -> list[str]:
    return [f"{key}={value}" for key, value in changes.items()]
