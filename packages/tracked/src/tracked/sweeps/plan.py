"""What a sweep is, before any of its jobs is composed."""

import shlex
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hydra.core.override_parser.types import Override
from omegaconf import DictConfig

from tracked import declared
from tracked.errors import UserError
from tracked.project import WHOLE, project
from tracked.settings import interpolated, unread
from tracked.settings.hashes import fingerprint
from tracked.settings.loading import as_dict
from tracked.sweeps.overrides import about_settings, chosen_by, lines
from tracked.sweeps.values import short

DEFAULT = "hydra/sweeper=grid"  # the sweeper, where nothing else is chosen


@dataclass(frozen=True)
class Plan:
    """The stage that is swept, or the whole pipeline, and what its jobs share."""

    name: str
    stages: list[str]  # that the jobs' results come from
    title: str
    swept: list[str]  # keys, as in an override
    together: tuple[str, ...]  # those among them whose values go side by side
    objective: str  # the figure by which the best job is chosen
    overrides: list[Override]  # all of them, in the order in which Hydra merges them
    chosen: list[str]  # what the sweep's file chooses besides, as overrides
    sections: set[str]  # that the jobs read
    settings: dict[str, Any]  # of these sections, those that all jobs share
    code: str  # a hash of what the jobs run
    key: str  # a sweep of the same key goes on with this one's run
    command: str  # that starts the sweep
    folder: Path
    data: dict[Path, dict[str, str]] = field(default_factory=dict)  # hashes of what jobs read, as it is found out

    def lines(self, values: Mapping[str, str]) -> list[str]:
        """The overrides that make a job, for Hydra, with its value of each swept key."""
        return lines(self.overrides, values)

    def own(self, values: Mapping[str, str]) -> list[str]:
        """The overrides that make the job again alone."""
        return [*self.chosen, *about_settings(self.lines(values))]

    def command_of(self, values: Mapping[str, str]) -> str:
        """What runs the job alone."""
        return shlex.join([*project().command(self.name), *self.own(values)])


def plan(name: str, config: DictConfig, overrides: list[Override], objective: str, together: tuple[str, ...]) -> Plan:
    """What Hydra's composition and the overrides given ask for, of a stage or the whole pipeline.

    Raises UserError when there is nothing to sweep, or the objective is none.
    """
    choice: str | None = config.hydra.runtime.choices.get("sweep")
    swept = [override for override in overrides if override.is_sweep_override()]
    _check(name, choice, swept, objective)
    interpolated.refuse_swept(override.key_or_group.replace("/", ".") for override in swept)
    keys = [override.get_key_element() for override in swept]
    stages = project().before(name) + ([] if name == WHOLE else [name])
    sections, code = declared.sections(stages), declared.code(stages)
    unread.refuse([str(override.input_line) for override in overrides], config, name)
    settings = {key: value for key, value in as_dict(config).items() if key in sections}
    varied = sorted(str(override.input_line) for override in swept)
    return Plan(
        name=name,
        stages=stages,
        title=f"{choice or ' x '.join(map(short, keys))}, {'pipeline' if name == WHOLE else name}",
        swept=keys,
        together=together,
        objective=objective,
        overrides=overrides,
        chosen=chosen_by(choice, name),
        sections=set(settings),
        settings=without(settings, keys),
        code=code,
        key=fingerprint({"name": name, "lines": varied, "settings": settings, "code": code, "objective": objective}),
        command=_command(name, config),
        folder=Path(config.hydra.sweep.dir).absolute(),
    )


def without(settings: Mapping[str, Any], keys: Collection[str]) -> dict[str, Any]:
    """Settings without those at the keys, as overrides have them, and without what is below these."""
    gone = {key.lstrip("+~").partition("@")[0].replace("/", ".") for key in keys}

    def kept(section: Mapping[str, Any], prefix: str) -> dict[str, Any]:
        return {
            key: kept(value, f"{prefix}{key}.") if isinstance(value, Mapping) else value
            for key, value in section.items()
            if f"{prefix}{key}" not in gone
        }

    return kept(settings, "")


def _check(name: str, choice: str | None, swept: list[Override], objective: str) -> None:
    trainings = list(project().networks.values())
    if name not in (*trainings, WHOLE):
        raise UserError(f"{name} can't be swept: {', '.join(trainings)} or the whole pipeline can")
    if not swept:
        why = f"sweep={choice} is for another network" if choice else "give several values, as in KEY=5,20,100"
        raise UserError(f"nothing to vary for {name}: {why}")
    if objective not in project().best:  # test data chooses nothing
        raise UserError(f"hydra.sweeper.objective={objective} is not allowed: {' or '.join(project().best)}")


def _command(name: str, config: DictConfig) -> str:
    said = [line for line in config.hydra.overrides.hydra if line not in (DEFAULT, "hydra.mode=MULTIRUN")]  # that is -m
    return shlex.join([*project().command(name), "-m", *config.hydra.overrides.task, *said])
