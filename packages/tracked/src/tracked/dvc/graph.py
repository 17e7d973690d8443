"""dvc.yaml of a folder, as DVC resolves it: its stages, what each declares, and in which order they run."""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from graphlib import CycleError, TopologicalSorter
from inspect import signature
from pathlib import Path, PurePosixPath
from typing import Any

from tracked.errors import UserError
from tracked.messages import one_line

COMPOSE = "compose"  # the stage that writes params.yaml: it is started by `tracked compose`, and reads no data
MODELS = ("models/*", "model", "model.*")  # where a stage that trains something writes it, unless the project says
PARAMS = "params.yaml"  # the file of settings that `params` means without another name
TEMPLATES = ("foreach", "matrix")  # of which DVC makes several stages NAME@KEY


@dataclass(frozen=True)
class Stage:
    """What a stage declares. Paths begin at the folder of dvc.yaml, wherever the stage runs."""

    wdir: str  # the folder in which it runs
    deps: tuple[str, ...]
    params: dict[str, tuple[str, ...]]  # by file, the keys that are read; none where it is the whole file
    outs: dict[str, dict[str, Any]]  # with what is said of each
    products: tuple[str, ...]  # the outputs that are neither metrics nor plots
    cmd: tuple[str, ...] = ()  # what DVC runs, one after the other
    metrics: tuple[str, ...] = ()
    plots: tuple[str, ...] = ()

    @property
    def inputs(self) -> list[str]:
        """The files and folders that are read, but for the settings."""
        return [*self.deps, *(file for file in self.params if file != PARAMS)]


def read(folder: Path) -> dict[str, Stage]:
    """The stages, by name: those made by `foreach` or `matrix` as NAME@KEY. Raises UserError when dvc.yaml can't be
    read, or DVC would resolve it before a stage writes what is in it."""
    return _loaded(folder)[0]


def interpolated(folder: Path) -> dict[str, dict[str, Any]]:
    """The values that dvc.yaml takes from files, by file and key."""
    return _loaded(folder)[1]


@cache
def _loaded(folder: Path) -> tuple[dict[str, Stage], dict[str, dict[str, Any]]]:
    import yaml  # whoever imports tracked need not wait for it

    try:
        content = (folder / "dvc.yaml").read_bytes()
        whole = yaml.load(content, _loader())  # noqa: S506, a safe one
        declared = whole["stages"]
        used: dict[str, dict[str, Any]] = {}
        # DVC's resolver returns all others as they are, and takes 0.09 s: a sixth of `tracked run --help`.
        if b"${" in content or any(word in stage for stage in declared.values() for word in TEMPLATES):
            from tracked.dvc import internals

            declared, used = internals.resolved(folder, content.decode())
        beside = {kind: _top(whole.get(kind)) for kind in ("metrics", "plots")}
        stages = {name: _stage(folder, stage, beside) for name, stage in declared.items()}
    except FileNotFoundError:
        raise UserError(f"{folder / 'dvc.yaml'} is missing: it declares the stages") from None
    except (yaml.YAMLError, ValueError, KeyError, TypeError, AttributeError) as error:
        told = f"{type(error).__name__}: {one_line(error)}"
        raise UserError(f"dvc.yaml can't be read ({told}): `git diff dvc.yaml`") from None
    _refuse_late(stages, used)
    return stages, used


def _loader() -> type:
    """Reads scalars as DVC does, to which `no` and `off` are names."""
    from tracked.settings.yaml_file import Loader

    class Names(Loader):  # type: ignore[misc, valid-type]
        yaml_implicit_resolvers = {  # noqa: RUF012
            sign: [(tag, pattern) for tag, pattern in known if tag.endswith((":null", ":merge"))]
            for sign, known in Loader.yaml_implicit_resolvers.items()
        }

    Names.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("(true|false)$", re.IGNORECASE), list("tTfF"))
    return Names


def _top(entries: Any) -> list[str]:
    """The files that dvc.yaml names under `metrics` or `plots` beside its stages. A plot may have a name instead."""
    found: list[Any] = []
    for entry in [entries] if isinstance(entries, dict) else entries or ():
        for path, said in _items(entry):
            columns = said.get("y") if isinstance(said, dict) else None
            found += [path, *(columns if isinstance(columns, dict) else ())]
    return [path for path in found if isinstance(path, str)]


def _stage(folder: Path, said: dict[str, Any], beside: Mapping[str, list[str]]) -> Stage:
    wdir = said.get("wdir") or "."
    outs = [item for kind in ("outs", "metrics", "plots") for entry in said.get(kind, []) for item in _items(entry)]
    params: dict[str, tuple[str, ...]] = {}
    whole: set[str] = set()
    for entry in said.get("params", []):
        for file, keys in [(PARAMS, [entry])] if isinstance(entry, str) else entry.items():
            path = from_root(folder, wdir, file)
            whole |= set() if keys else {path}
            params[path] = () if path in whole else (*params.get(path, ()), *keys)
    cmd = said.get("cmd") or []
    own = {kind: [from_root(folder, wdir, path) for entry in said.get(kind, []) for path, _ in _items(entry)]
           for kind in ("outs", *beside)}  # fmt: skip
    for kind, paths in beside.items():
        own[kind] += [path for path in paths if any(overlap(path, out) for out in own["outs"])]
    return Stage(
        wdir=wdir,
        cmd=tuple(map(str, cmd if isinstance(cmd, list) else [cmd])),
        metrics=tuple(own["metrics"]),
        plots=tuple(own["plots"]),
        deps=tuple(from_root(folder, wdir, path) for path in said.get("deps", [])),
        params=params,
        products=tuple(own["outs"]),
        outs={from_root(folder, wdir, path): options if isinstance(options, dict) else {} for path, options in outs},
    )


def _items(entry: Any) -> Iterable[tuple[str, Any]]:
    """The paths in an entry of `outs`, and what it says of each."""
    return entry.items() if isinstance(entry, dict) else [(entry, {})]


def from_root(folder: Path, wdir: str, path: str) -> str:
    """A path as it is from the folder of dvc.yaml, where it is given from `wdir` below; an address stays one."""
    return path if "://" in path else Path(os.path.relpath(folder / wdir / path, folder)).as_posix()


def _refuse_late(stages: dict[str, Stage], used: dict[str, dict[str, Any]]) -> None:
    """Refuse what a stage would change in dvc.yaml: DVC has resolved it before any runs, with the values before."""
    for file, values in used.items():
        for stage in (name for name, stage in stages.items() if file in stage.outs):
            key = next(iter(values))
            raise UserError(
                f"dvc.yaml: ${{{key}}} is taken from {file}, which the stage {stage} writes after DVC has read it: "
                f"give {key} under `vars:` in dvc.yaml, or in a file that you write"
            )


def overlap(one: str, other: str) -> bool:
    """Whether two paths are the same, or one lies below the other."""
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")


@cache
def before(folder: Path) -> dict[str, tuple[str, ...]]:
    """The stages in running order, each with those just before it; `compose` is none of them. Raises UserError."""
    stages = {name: stage for name, stage in read(folder).items() if name != COMPOSE}
    makers = [(path, name) for name, stage in stages.items() for path in stage.outs]
    found = {
        name: tuple(
            dict.fromkeys(maker for dep in (*stage.deps, *stage.params) for path, maker in makers if overlap(dep, path))
        )
        for name, stage in stages.items()
    }
    try:
        return {name: found[name] for name in TopologicalSorter(found).static_order()}
    except CycleError as error:
        raise UserError(f"dvc.yaml: {' -> '.join(reversed(error.args[1]))} is a circle") from None


def models(folder: Path) -> dict[str, str]:
    """The outputs that are models by where they lie, each by its name: models/NAME, models/NAME.*, model or model.*"""
    found: dict[str, str] = {}
    for path in (PurePosixPath(path) for name in before(folder) for path in read(folder)[name].products):
        if any(path.match(pattern) and len(path.parts) == len(PurePosixPath(pattern).parts) for pattern in MODELS):
            found.setdefault(path.stem, str(path))
    return found


def trainings(folder: Path, models: Mapping[str, str]) -> dict[str, str]:
    """Of models, by name with what each is written to, the names by the stage that does. Raises UserError."""
    makers = {path: name for name in before(folder) for path in read(folder)[name].products}
    for model, path in models.items():
        if path not in makers:
            raise UserError(
                f"models={{{model!r}: {path!r}}} in Project(...): no stage of dvc.yaml has the output {path}"
            )
    return {makers[path]: model for model, path in models.items()}


def split(name: str) -> tuple[str, str]:
    """NAME and KEY of a stage NAME@KEY; of another its name and ""."""
    module, _, key = name.partition("@")
    return module, key


def with_key(function: Callable, name: str) -> Callable:
    """The function of a module as that of a stage: KEY of NAME@KEY is its argument `key`, if it has one."""
    key = split(name)[1]
    return partial(function, key=key) if key and "key" in signature(function).parameters else function
