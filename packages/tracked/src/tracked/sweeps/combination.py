"""One combination of values: composed, checked, and known by a fingerprint that equal jobs share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hydra.core.config_loader import ConfigLoader
from omegaconf import DictConfig

from tracked.faults import is_for_the_user
from tracked.messages import one_line
from tracked.project import WHOLE, project
from tracked.settings.hashes import fingerprint
from tracked.settings.validation import validate
from tracked.sweeps import composing, earlier
from tracked.sweeps.place import Place
from tracked.sweeps.plan import Plan
from tracked.sweeps.values import beside, title


@dataclass
class Combination:
    """A job before, while and after it runs."""

    values: dict[str, str]  # of the swept keys, as Hydra writes them
    shown: dict[str, str]  # the same for people: what goes side by side is one value
    overrides: list[str]  # all, for Hydra
    command: str  # that runs the job alone
    settings: dict[str, Any]
    title: str
    fingerprint: str = ""  # of the settings that the job reads, its data and its code; none if it is refused
    why: str | None = None  # it failed

    def place(self, plan: Plan, parent: str) -> Place:
        """Where its run belongs, below the run of the sweep."""
        from tracked.runs import processes, provenance  # slow to import: the jobs are composed before

        who, source = processes.this_process(), provenance.tags()
        return Place(parent, self.fingerprint, self.title, self.command, plan.stages, plan.code, who, source)


def composed(plan: Plan, given: Mapping[str, str], config: DictConfig, loader: ConfigLoader) -> Combination:
    """A job with the values `given`, as Hydra writes them, by swept key, without its fingerprint. Raises Hydra's errors
    when a key or a choice is not there at all."""
    settings = composing.settings(config, loader, plan.overrides, given)
    shown = beside({key: value.strip("'\"") for key, value in given.items()}, plan.together)
    command = plan.command_of(given)
    return Combination(dict(given), shown, plan.lines(given), command, settings, title(shown, plan.digits))


def compose(plan: Plan, given: Mapping[str, str], config: DictConfig, loader: ConfigLoader) -> Combination:
    """The same with its fingerprint. One that the schema or the data refuse says why."""
    made = composed(plan, given, config, loader)
    try:
        made.fingerprint = _fingerprint(plan, made.settings)
    except Exception as error:
        if not is_for_the_user(error):
            raise
        made.why = one_line(error)
    return made


def _fingerprint(plan: Plan, settings: dict[str, Any]) -> str:
    validate(settings, "settings")
    trainings = project().trainings if plan.name == WHOLE else [plan.name]
    own = {key: settings[key] for key in sorted(plan.sections)}
    return fingerprint(
        {"settings": own, "code": plan.code, "data": {one: _data(plan, one, settings) for one in trainings}}
    )


def _data(plan: Plan, training: str, settings: dict[str, Any]) -> dict[str, str]:
    """The hashes of what a training reads; looked at once in a sweep."""
    shelf = earlier.shelf(training, settings)
    if shelf not in plan.data:
        plan.data[shelf] = earlier.made(earlier.shared(training, settings, plan.stages, plan.code))
    return plan.data[shelf]
