"""What the project tells this library, and where it lies: a pyproject.toml with [tool.tracked] marks its folder."""

import json
import os
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import _lru_cache_wrapper, cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from tracked import imported
from tracked.dvc import commands, graph
from tracked.errors import UserError
from tracked.goal import Goal, quantity
from tracked.stages import scripts

WHOLE = "all"  # the name of the whole pipeline where one stage's could stand
MARK = "pyproject.toml"  # of a project, by its [tool.tracked]
MODELS_LOCK = "models.lock"  # the models that the project has registered, by hashes of their files

T = TypeVar("T")


@dataclass(frozen=True)
class Project:
    """What a project says of itself. It needs a name; what is left out is as the comments say.

    Code is named as "module:NAME", so that reading this imports none of it.
    """

    name: str  # of the experiment in MLflow
    description: str = ""  # Markdown, on the experiment's page
    package: str = ""  # stages are its modules; default: the package of the module that [tool.tracked] names
    modules: Mapping[str, str] = field(default_factory=dict)  # by stage, the module of one that is called otherwise
    settings: str = ""  # the schema, a pydantic dataclass with the sections of params.yaml; default: plain settings
    check: str = ""  # check(settings, changed): refuses what the schema can't judge, in the sections that changed
    refusals: str = ""  # an exception, besides UserError, by which code refuses what the user can put right
    goals: Sequence[Goal] = ()  # what models and sweeps are chosen by: the first decides, of equals the next
    models: Mapping[str, str] = field(default_factory=dict)  # by name, the file or folder that a model is written to,
    # as dvc.yaml declares it; default: the outputs models/NAME and models/NAME.*, and model or model.*
    pages: str = (
        "tracked.pages.pages:Pages"  # what names, parameters and descriptions of runs say: a class like this one
    )
    columns: Mapping[str, int] = field(default_factory=dict)  # of the list of runs, with their widths in pixels;
    # default: the metrics of `goals`, and the settings that tell trainings apart
    pictures: str = ""  # draw(folder, title, rows): the pictures of a sweep; default: none
    served: str = ""  # the package whose code goes with a served model
    registered: str = ""  # the name under which models are registered; default: `name`
    description_registered: str = ""
    sources: tuple[str, ...] = ()  # folders of code: new files elsewhere are not kept with a run; default: conf, src
    # and the package
    data: tuple[str, ...] = ("inputs", "data")  # folders of data: of a change there, its name and hash are kept
    uncommitted: bool = True  # whether what differs from the commit is kept with a run
    reads: str = ""  # reads(settings) -> paths, from the root: what else plain settings make stages read; default: none

    @property
    def stages(self) -> dict[str, tuple[str, ...]]:
        """The stages in running order, and those just before each, as dvc.yaml has them. Raises UserError."""
        return graph.before(here().code)

    def stage(self, name: str) -> Callable:
        """The function of a stage: run(settings, folder, report) -> Outcome; of one that is a command, what runs it."""
        if self.is_command(name):
            return partial(scripts.run, here(), self.models, name)
        commands.refuse_without_function(here(), name, self.module(name))
        return graph.with_key(resolved(f"{self.module(name)}:run"), name)

    def outcome(self, name: str) -> Callable:
        """The function that tells of a stage from its files alone: outcome(settings, folder) -> Outcome.

        Raises UserError when the stage has none.
        """
        if self.is_command(name):
            return partial(scripts.outcome, here(), self.models, name)
        try:
            return graph.with_key(resolved(f"{self.module(name)}:outcome"), name)
        except AttributeError:
            raise UserError(f"{self.module(name)} has no function outcome(settings, folder)") from None

    def is_command(self, name: str) -> bool:
        """Whether a stage is a command that knows nothing of this library."""
        return commands.is_command(here(), name, self.module(name))

    @property
    def refusal(self) -> type[Exception]:
        return resolved(self.refusals) if self.refusals else UserError

    @property
    def page(self) -> Any:
        return resolved(self.pages)()

    def module(self, name: str) -> str:
        """What `python -m` starts a stage by, or the whole pipeline; "" where that has no module. All stages NAME@KEY
        that DVC makes of `foreach` or `matrix` are the module NAME."""
        stage = graph.split(name)[0]
        named = self.modules.get(stage) or f"{self.package}.{stage}".lstrip(".")
        return self.package if name == WHOLE else named

    def command(self, name: str) -> list[str]:
        """The words that start a stage, or the whole pipeline, from any folder of the project."""
        return ["tracked", "run"] if name == WHOLE else ["tracked", "run", name]

    def before(self, name: str) -> list[str]:
        """All stages that a stage needs, in running order; for the whole pipeline, all stages. Raises UserError
        when it is none."""
        if name == WHOLE:
            return list(self.stages)
        if name not in self.stages:
            raise UserError(f"{name} is not a stage: dvc.yaml has {', '.join(self.stages)}")
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

    def goal(self, metric: str) -> Goal | None:
        """The goal that is about what a metric measures, be it on other data or of one of several models."""
        return next((goal for goal in self.goals if quantity(goal.name) == quantity(metric, self.models)), None)

    @property
    def trainings(self) -> dict[str, str]:
        """The models by the stage that trains each. Raises UserError when dvc.yaml declares no such output."""
        return graph.trainings(here().code, self.models)

    def model(self, stage: str) -> str | None:
        """The name of the model that a stage trains, if it trains one."""
        return self.trainings.get(stage)


@dataclass(frozen=True)
class Where:
    """The folders of a project. Processes that work for it are given this, and don't look for it themselves."""

    code: Path  # what its code and settings are read from: a copy, when DVC runs in one
    root: Path  # what the store and the results belong to
    project: str  # "module:NAME"
    started: Path  # the folder in which the user started the command
    folders: tuple[str, ...] = ()  # below `code`, where its modules are besides src/ and `code` itself

    def text(self) -> str:
        """For `parsed`, on another process's command line."""
        return json.dumps(asdict(self), default=str)

    @staticmethod
    def parsed(text: str) -> "Where":
        told = json.loads(text)
        code, root, started = (Path(told[name]) for name in ("code", "root", "started"))
        return Where(code, root, told["project"], started, tuple(told["folders"]))

    @property
    def paths(self) -> list[str]:
        """What Python's path begins with, so that the project's modules are those of `code`."""
        return [str(folder) for name in (*self.folders, "src", ".") if (folder := self.code / name).is_dir()]


def find(start: Path) -> Where:
    """The project that a folder belongs to: the nearest one upwards whose pyproject.toml has [tool.tracked].

    Raises UserError when there is none, or its pyproject.toml can't be read.
    """
    for folder in (start, *start.parents):
        file = folder / MARK
        if file.is_file() and (own := _table(file)) is not None:
            if not isinstance(name := own.get("project"), str) or ":" not in name:
                raise UserError(
                    f'{file}: [tool.tracked] must name the project, as in project = "pipeline.project:PROJECT"'
                )
            folders = own.get("paths", [])
            if not (isinstance(folders, list) and all(isinstance(each, str) for each in folders)):
                raise UserError(
                    f'{file}: `paths` of [tool.tracked] must be a list of folders, as in paths = ["scripts"]'
                )
            return Where(folder, _original(folder), name, start, tuple(folders))
    raise UserError(f"no project found in {start} or above it: its pyproject.toml must have a table [tool.tracked]")


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
    original = Path(top) / code.relative_to(copy)
    return original if (original / MARK).is_file() else code  # what a stage of DVC starts elsewhere is no copy


class _Process:
    """Per-process state: the project that this process works for."""

    where: Where | None = None
    caches: ClassVar[list[Any]] = []


def per_project(function: Callable[..., T]) -> "_lru_cache_wrapper[T]":
    """`functools.cache` for what is true of one project: emptied when this process turns to another one."""
    cached = cache(function)
    _Process.caches.append(cached)
    return cached


def enter(where: Where) -> None:
    """Work for a project from here on: its modules are found first, whatever else is installed.

    A process can have worked for another one before: launchers use their workers again. What it knows of that one is
    forgotten, its modules too, as both may have the same names.
    """
    before, _Process.where = _Process.where, where
    if before is not None and (before.code, before.root, before.project) != (where.code, where.root, where.project):
        _leave(before)
    sys.path[:] = [*where.paths, *(path for path in sys.path if path not in where.paths)]


def _leave(where: Where) -> None:
    sys.path[:] = [path for path in sys.path if path not in where.paths]
    imported.forget(imported.below(where.paths))
    for cached in _Process.caches:
        cached.cache_clear()


def here() -> Where:
    """The project that this process works for; if none was entered, the one that the current folder belongs to."""
    if _Process.where is None:
        enter(find(Path.cwd()))
    assert _Process.where is not None
    return _Process.where


@per_project
def project() -> Project:
    """What the project of this process says of itself, its defaults filled in. Raises UserError."""
    named, _, _ = here().project.partition(":")
    said = resolved(here().project)
    package = said.package or named.rpartition(".")[0]
    return replace(
        said,
        package=package,
        models=said.models or graph.models(here().code),
        registered=said.registered or said.name,
        sources=said.sources or ("conf", "src", *here().folders, *filter(None, [package.replace(".", "/")])),
    )


def resolved(name: str) -> Any:
    """The object that "module:NAME" names."""
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)
