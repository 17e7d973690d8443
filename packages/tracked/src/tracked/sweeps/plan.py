"""What a sweep is, before any of its jobs is composed."""

import math
import shlex
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hydra.core.config_loader import ConfigLoader
from hydra.core.override_parser.types import IntervalSweep, Override, Quote, QuotedString, Transformer
from hydra.types import RunMode
from omegaconf import DictConfig

from tracked.dvc import declared, interpolated, unread
from tracked.errors import UserError
from tracked.goal import Goal
from tracked.hashes import fingerprint
from tracked.project import WHOLE, project
from tracked.settings.comparing import flat
from tracked.settings.loading import as_dict, as_given
from tracked.settings.settings import Settings
from tracked.stages import sweepers
from tracked.sweeps.overrides import about_settings, distinct, lines, others, section
from tracked.sweeps.values import FEWEST, MOST, apart, short, side_by_side


@dataclass(frozen=True)
class Plan:
    """The stage that is swept, or the whole pipeline, and what its jobs share.

    With `fit -m fit.rate=1,2 seed=3`, `swept` is ["fit.rate"], `overrides` has both arguments, and `own` of the first
    job is ["fit.rate=1", "seed=3"].
    """

    name: str
    stages: list[str]  # that the jobs' results come from
    title: str
    swept: list[str]  # keys, as in an override
    together: tuple[str, ...]  # those among them whose values go side by side
    digits: dict[str, int]  # that tell the values of a key apart, in the names of jobs
    objective: Goal | None  # by which the best job is chosen
    overrides: list[Override]  # all of them, in the order in which Hydra merges them
    chosen: list[str]  # what the sweep's file sets besides, as overrides
    sections: set[str]  # that the jobs read
    code: str  # a hash of what the jobs run
    key: str  # a sweep of the same key goes on with this one's run
    command: str  # that starts the sweep
    folder: Path
    pruner: dict[str, Any] | None = None  # what ends poor jobs early, as Hydra instantiates it
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


def planned(
    name: str,
    config: DictConfig,
    loader: ConfigLoader,
    overrides: list[Override],
    objective: str | None,
    together: tuple[str, ...],
) -> Plan:
    """What Hydra's composition and the overrides given ask for, of a stage or the whole pipeline.

    Raises UserError when there is nothing to sweep, or the objective is none.
    """
    choice: str | None = config.hydra.runtime.choices.get("sweep")
    swept = [override for override in overrides if override.is_sweep_override()]
    _check(name, choice, swept)
    goal = _goal(objective)
    interpolated.refuse_swept(override.key_or_group.replace("/", ".") for override in swept)
    keys = [override.get_key_element() for override in swept]
    stages = project().before(name) + ([] if name == WHOLE else [name])
    sections, code = declared.sections(stages), declared.code(stages)
    unread.refuse([str(override.input_line) for override in overrides], config, name)
    settings = Settings(as_dict(config))
    sections &= settings.plain.keys()
    varied = sorted(str(override.input_line) for override in swept)
    return Plan(
        name=name,
        stages=stages,
        title=f"{choice or ' x '.join(map(short, keys))}, {'pipeline' if name == WHOLE else name}",
        swept=keys,
        together=together,
        digits=_digits(swept, together),
        objective=goal,
        overrides=overrides,
        chosen=chosen(config, loader, overrides, sections, name),
        sections=sections,
        code=code,
        key=fingerprint(
            {
                "name": name,
                "lines": varied,
                "settings": settings.of(sections),
                "code": code,
                "objective": goal and goal.name,
            }
        ),
        command=_command(name, config),
        folder=Path(config.hydra.sweep.dir).absolute(),
    )


def chosen(
    config: DictConfig, loader: ConfigLoader, overrides: Iterable[Override], sections: Collection[str], name: str
) -> list[str]:
    """What a sweep's file sets besides the values to vary, as overrides: whatever differs without it, first the choices
    and then the values that these leave different."""
    fixed = [str(override.input_line) for override in overrides if not override.is_sweep_override()]
    if not any(line.lstrip("+").startswith("sweep=") for line in fixed):
        return []
    fixed = about_settings(fixed)
    now, away = config.hydra.runtime.choices, others(name)

    def composed(lines: list[str]) -> DictConfig:
        return loader.load_configuration(config.hydra.job.config_name, lines, RunMode.RUN)

    before = composed(fixed).hydra.runtime.choices
    lines = [
        f"{key}={now[key]}" if key in before else f"+{key}={now[key]}"
        for key in now
        if not key.startswith("hydra/") and key != "sweep" and section(key) not in away and now[key] != before.get(key)
    ]

    def values(of: DictConfig) -> dict[str, Any]:
        return flat({key: value for key, value in as_dict(of).items() if key in sections})

    old, new = values(composed([*fixed, *lines])), values(config)
    lines += [
        f"{'' if key in old else '+'}{key}={_written(value)}"
        for key, value in new.items()
        if key not in old or old[key] != value
    ]
    return [*lines, *(f"~{key}" for key in old if key not in new)]


def _digits(swept: Iterable[Override], together: Collection[str]) -> dict[str, int]:
    """How many digits names need: of an interval, so many that a million of its values differ."""
    found: dict[str, int] = {}
    for override in swept:
        value = override.value()
        if isinstance(value, IntervalSweep):
            low, high = float(value.start or 0), float(value.end or 0)
            larger = math.log10(max(abs(low), abs(high)) / (high - low)) if low < high else 0
            found[override.get_key_element()] = min(MOST, FEWEST + 2 + math.ceil(max(0, larger)))
        else:
            found[override.get_key_element()] = apart(distinct(override))
    beside = {side_by_side(together): max(found[key] for key in together)} if together else {}
    return found | beside


def _written(value: Any) -> str:
    """A plain value as Hydra reads it."""
    return str(Transformer.str(_quoted(value)))


def _quoted(value: Any) -> Any:
    if isinstance(value, list):
        return [_quoted(each) for each in value]
    return QuotedString(value, Quote.single) if isinstance(value, str) else value


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
    said = [
        line for line in as_given(config.hydra.overrides.hydra) if line not in (sweepers.DEFAULT, "hydra.mode=MULTIRUN")
    ]
    return shlex.join([*project().command(name), "-m", *as_given(config.hydra.overrides.task), *said])  # -m is the mode
