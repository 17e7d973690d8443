"""What the project tells this library, and where it lies: a pyproject.toml with [tool.tracked] marks its folder."""

import json
import math
import os
import sys
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from tracked.errors import UserError

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
    data: tuple[str, ...] = ("inputs", "data")  # folders of data: of a change there, its name and hash are kept
    uncommitted: bool = True  # whether what differs from the commit is kept with a run
    best: tuple[str, str] = ("val_accuracy", "val_loss")  # the higher the better; of equals, the lower the better
    reads: str | None = None  # reads(settings) -> paths, from the root: what else plain settings make stages read
    ranges: dict[str, tuple[float, float]] = field(default_factory=dict)  # that figures can't leave, by how names end
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

    def command(self, name: str) -> list[str]:
        """The words that start a stage, or the whole pipeline, from any folder of the project."""
        return ["tracked", "run"] if name == WHOLE else ["tracked", "run", name]

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

    def read_by(self, settings: dict[str, Any]) -> Iterable[Path]:
        """What settings make stages read besides what dvc.yaml declares."""
        return map(Path, resolved(self.reads)(settings)) if self.reads else []

    def range_of(self, figure: str) -> tuple[float, float]:
        """The least and the greatest that a figure can be."""
        return next((ends for end, ends in self.ranges.items() if figure.endswith(end)), (-math.inf, math.inf))

    def network(self, stage: str) -> str | None:
        """The network that a stage trains, if it trains one."""
        return next((network for network, training in self.networks.items() if training == stage), None)


@dataclass(frozen=True)
class Where:
    """The folders of a project. Processes that work for it are given this, and don't look for it themselves."""

    code: Path  # what its code and settings are read from: a copy, when DVC runs in one
    root: Path  # what the store and the results belong to
    project: str  # "module:NAME"
    started: Path  # the folder in which the user started the command

    def text(self) -> str:
        """For `parsed`, on another process's command line."""
        return json.dumps({key: str(value) for key, value in asdict(self).items()})

    @staticmethod
    def parsed(text: str) -> "Where":
        told = json.loads(text)
        return Where(Path(told["code"]), Path(told["root"]), told["project"], Path(told["started"]))

    @property
    def paths(self) -> list[str]:
        """What Python's path begins with, so that the project's modules are those of `code`."""
        return [str(folder) for folder in (self.code / "src", self.code) if folder.is_dir()]


def find(start: Path) -> Where:
    """The project that a folder belongs to: the nearest one upwards whose pyproject.toml has [tool.tracked].

    Raises UserError when there is none, or its pyproject.toml can't be read.
    """
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        if file.is_file() and (own := _table(file)) is not None:
            if not isinstance(name := own.get("project"), str) or ":" not in name:
                raise UserError(
                    f'{file}: [tool.tracked] must name the project, as in project = "pipeline.project:PROJECT"'
                )
            return Where(folder, _original(folder), name, start)
    raise UserError(f"no project found in {start} or above it: a pyproject.toml with [tool.tracked] marks one")


def _table(file: Path) -> dict[str, Any] | None:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("tracked")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{file} is not readable TOML: {error}") from None


def _original(code: Path) -> Path:
    """The folder that stands for `code` in the repository that DVC names, when it runs a copy of it."""
    if not (top := os.environ.get("DVC_ROOT")):
        return code
    copy = next((folder for folder in (code, *code.parents) if (folder / ".dvc").is_dir()), code)
    return Path(top) / code.relative_to(copy)


class _Process:
    """Per-process state: the project that this process works for."""

    where: Where | None = None


def enter(where: Where) -> None:
    """Work for a project from here on: its modules are found first, whatever else is installed."""
    _Process.where = where
    sys.path[:] = [*where.paths, *(path for path in sys.path if path not in where.paths)]


def here() -> Where:
    """The project that this process works for; if none was entered, the one that the current folder belongs to."""
    if _Process.where is None:
        enter(find(Path.cwd()))
    assert _Process.where is not None
    return _Process.where


def project() -> Project:
    """What the project of this process says of itself."""
    return resolved(here().project)


def resolved(name: str) -> Any:
    """The object that "module:NAME" names."""
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)
