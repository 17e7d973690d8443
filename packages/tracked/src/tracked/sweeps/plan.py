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
from tracked.goal import Goal
from tracked.project import WHOLE, project
from tracked.settings import unread
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
    objective: Goal | None  # by which the best job is chosen
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


def plan(config: DictConfig, overrides: list[Override], objective: str | None, together: tuple[str, ...]) -> Plan:
    """What Hydra's composition and the overrides given ask for.

    Raises UserError when there is nothing to sweep, or the objective is none.
    """
    name: str = config.hydra.job.name
    choice: str | None = config.hydra.runtime.choices.get("sweep")
    swept = [override for override in overrides if override.is_sweep_override()]
    _check(name, choice, swept)
    goal = _goal(objective)
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
        objective=goal,
        overrides=overrides,
        chosen=chosen_by(choice, name),
        sections=set(settings),
        settings=without(settings, keys),
        code=code,
        key=fingerprint(
            {"name": name, "lines": varied, "settings": settings, "code": code, "objective": goal and goal.name}
        ),
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


def _check(name: str, choice: str | None, swept: list[Override]) -> None:
    trainings = list(project().trainings) or list(project().stages)
    if name not in (*trainings, WHOLE):
        raise UserError(f"{name} can't be swept: {', '.join(trainings)} or the whole pipeline can")
    if not swept:
        why = f"sweep={choice} is for another stage" if choice else "give several values, as in KEY=5,20,100"
        raise UserError(f"nothing to vary for {name}: {why}")


def _goal(name: str | None) -> Goal | None:
    """The goal of this name, or the project's first. Raises UserError for another: test data chooses nothing."""
    goals = {goal.name: goal for goal in project().goals}
    if name is None:
        return next(iter(goals.values()), None)
    if name not in goals:
        known = f"it must be {' or '.join(goals)}" if goals else "Project(...) has no goals"
        raise UserError(f"hydra.sweeper.objective={name} is not allowed: {known}")
    return goals[name]


def _command(name: str, config: DictConfig) -> str:
    said = [line for line in config.hydra.overrides.hydra if line not in (DEFAULT, "hydra.mode=MULTIRUN")]  # that is -m
    return shlex.join([*project().command(name), "-m", *config.hydra.overrides.task, *said])
