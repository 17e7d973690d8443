"""What the project tells this library: named in pyproject.toml, as `[tool.tracked] project = "module:NAME"`."""

import os
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from tracked.errors import UserError

CODE = Path(__file__).resolve().parents[2]  # the repository that this code lies in: a copy, when DVC runs in one
ROOT = Path(os.environ.get("DVC_ROOT") or CODE)  # the one that the store and the results belong to

WHOLE = "all"  # the name of the whole pipeline where one stage's could stand


@dataclass(frozen=True)
class Project:
    """Names, as "module:NAME" where they are code, so that reading them imports nothing."""

    name: str  # of the experiment in MLflow
    about: str  # Markdown, on the experiment's page
    package: str  # stages are its modules
    settings: str  # the schema, a pydantic dataclass whose fields are the sections of params.yaml
    check: str  # check(settings, changed): refuses what the schema can't judge, in the sections that changed
    refusals: str  # the exception by which the project's library refuses what the user can put right
    stages: dict[str, tuple[str, ...]]  # and the stages just before each
    networks: dict[str, str]  # what is compared, and the stage that trains it
    pages: str  # a module: what names, parameters and descriptions of runs say
    columns: dict[str, int]  # of the list of runs, with their widths in pixels
    pictures: str  # draw(folder, title, rows): the pictures of a sweep
    served: str  # the package whose code goes with a served model
    registered: str  # the name under which models are registered
    about_registered: str = ""
    sources: tuple[str, ...] = ("conf", "src")  # folders of code: new files elsewhere are not kept with a run
    uncommitted: bool = True  # whether what differs from the commit is kept with a run
    best: tuple[str, str] = ("val_accuracy", "val_loss")  # the higher the better; of equals, the lower the better
    curves: tuple[str, ...] = field(default=("train_loss", "train_accuracy", "val_loss", "val_accuracy"))

    def stage(self, name: str) -> Callable:
        """The function of a stage: run(settings, folder, report) -> Outcome."""
        return resolved(f"{self.package}.{name}:run")

    def outcome(self, name: str) -> Callable:
        """The function that tells of a stage from its files alone: outcome(settings, folder) -> Outcome.

        Raises UserError when the stage has none.
        """
        try:
            return resolved(f"{self.package}.{name}:outcome")
        except AttributeError:
            raise UserError(f"{self.package}/{name}.py has no function outcome(settings, folder)") from None

    @property
    def schema(self) -> Any:
        return resolved(self.settings)

    @property
    def refusal(self) -> type[Exception]:
        return resolved(self.refusals)

    @property
    def page(self) -> Any:
        return import_module(self.pages)

    def module(self, name: str) -> str:
        """What `python -m` starts a stage by, or the whole pipeline."""
        return self.package if name == WHOLE else f"{self.package}.{name}"

    def before(self, name: str) -> list[str]:
        """All stages that a stage needs, in running order; for the whole pipeline, all stages. Raises UserError
        when it is none."""
        if name == WHOLE:
            return list(self.stages)
        if name not in self.stages:
            raise UserError(
                f"{self.module(name)} is no stage: the project has {', '.join(self.stages)}; a training is one when "
                "its network is named among the project's networks"
            )
        found: list[str] = []
        for stage in self.stages[name]:
            found += [earlier for earlier in (*self.before(stage), stage) if earlier not in found]
        return found

    def last(self) -> list[str]:
        """The stages that no other needs."""
        needed = {earlier for before in self.stages.values() for earlier in before}
        return [stage for stage in self.stages if stage not in needed]

    def network(self, stage: str) -> str | None:
        """The network that a stage trains, if it trains one."""
        return next((network for network, training in self.networks.items() if training == stage), None)


@cache
def project() -> Project:
    """The project that this code lies in."""
    with (CODE / "pyproject.toml").open("rb") as file:
        return resolved(tomllib.load(file)["tool"]["tracked"]["project"])


def resolved(name: str) -> Any:
    """The object that "module:NAME" names."""
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)
