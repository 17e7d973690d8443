"""What dvc.yaml declares: the settings that stages read, the code that they run, the files that they write."""

import os
import shutil
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

from tracked import remembered, strays
from tracked.dvc import commands, graph
from tracked.errors import UserError
from tracked.hashes import fingerprint
from tracked.project import here, project


def sections(stages: Iterable[str]) -> set[str]:
    """The sections of params.yaml that the stages read."""
    found: set[str] = set()
    for stage in stages:
        keys = _stage(stage).params.get(graph.PARAMS)
        found |= _all_sections() if keys == () else {key.partition(".")[0] for key in keys or ()}
    return found


def code(stages: Iterable[str]) -> str:
    """A hash of what the stages run and read: of commands, and of dependencies, but for what other stages write."""
    made, stages = set(outputs()), list(stages)
    lines = {f"cmd of {name}": commands.lines(here(), name) for name in stages if project().is_command(name)}
    return fingerprint(lines | dict(_read(stages, without=made)))


def hashes(stages: Iterable[str]) -> dict[str, Any]:
    """The hashes of all files that the stages depend on, by path; of links, those of what they lead to; and of what
    they read in other files of parameters than params.yaml."""
    return dict(_read(stages, without=()))


def _read(stages: Iterable[str], without: Collection[str]) -> Iterator[tuple[str, str]]:
    """What the stages depend on, but for params.yaml, and but for what is or lies below the paths `without`: the file,
    or what of it, with its hash."""
    root, chosen = here().code, [_stage(name) for name in stages]
    found: dict[str, Path] = {}
    for dep in dict.fromkeys(dep for stage in chosen for dep in stage.deps if not _is_below(dep, without)):
        paths = {PurePosixPath(dep, file.relative_to(root / dep)).as_posix(): file for file in files(root / dep)}
        found |= {path: file for path, file in paths.items() if not _is_below(path, without)}
    known = remembered.md5s(found.values())
    yield from ((path, known[file]) for path, file in found.items())
    for params, keys in dict.fromkeys(item for stage in chosen for item in stage.params.items()):
        if params != graph.PARAMS and not _is_below(params, without):
            from tracked.dvc import internals  # slow to import, and most stages read no such file

            for key, value in internals.params(root, params, keys).items():
                yield f"{key} in {params}", value


def _is_below(path: str, folders: Collection[str]) -> bool:
    return any(one in folders for one in (path, *map(str, PurePosixPath(path).parents)))


def _all_sections() -> set[str]:
    from tracked.dvc.params import load

    return set(load(here().code / graph.PARAMS))


def read(settings: dict[str, Any]) -> dict[str, str]:
    """The hashes of what else the settings make stages read, by path, wherever it lies. Raises UserError."""
    found = [file for path in project().read_by(settings) for file in files(here().code / path)]
    return {str(file): md5 for file, md5 in remembered.md5s(found).items()}


def outputs(stages: Iterable[str] | None = None) -> list[str]:
    """The files and folders that the stages write; without names, those of all stages."""
    chosen = _graph() if stages is None else stages
    return [path for name in chosen for path in _stage(name).outs]


def written(stages: Iterable[str], folder: Path) -> list[Path]:
    """The files that the stages have written below a folder."""
    below = [path for path in map(PurePosixPath, outputs(stages)) if not path.is_absolute() and ".." not in path.parts]
    return [file for path in below for file in files(folder / path)]


def unlink(stage: str, folder: Path) -> None:
    """Give the outputs of a stage in a folder a content of their own, where they share it with another file, as DVC's
    cache: a stage would write through the link. DVC itself removes them before it runs a stage."""
    for path in outputs([stage]):
        found = folder / path
        below = found.rglob("*") if found.is_dir() and not found.is_symlink() else [found]
        for file in list(below):
            if file.is_file() and (file.is_symlink() or file.stat().st_nlink > 1):
                own = file.with_name(f"{file.name}.part")
                shutil.copyfile(file, own)
                own.replace(file)


def link_inputs(stages: Iterable[str], folder: Path) -> None:
    """Have a folder hold what the stages read and no stage writes, but for code: links to it, where it is not there.
    DVC itself runs stages where it lies."""
    root, made = here().code, outputs()
    if folder.resolve() == root.resolve():
        return
    for dep in dict.fromkeys(path for name in stages for path in _stage(name).inputs if not is_code(path)):
        for path in [dep] if not any(graph.overlap(dep, output) for output in made) else _beside(dep, made):
            place = PurePosixPath(path)
            if not place.is_absolute() and ".." not in place.parts and (root / place).exists():
                link = folder / place
                link.parent.mkdir(parents=True, exist_ok=True)
                if link.is_symlink() or not link.exists():
                    link.unlink(missing_ok=True)  # of an earlier run
                    link.symlink_to(root / place)


def _beside(folder: str, made: list[str]) -> list[str]:
    """The files of a folder that lie in it beside what stages write into it."""
    paths = [graph.from_root(here().code, ".", str(file)) for file in files(here().code / folder)]
    return [path for path in paths if not any(graph.overlap(path, output) for output in made)]


def is_code(path: str) -> bool:
    """Whether a dependency is a module, or lies in a folder of code."""
    return path.endswith(".py") or any(graph.overlap(path, source) for source in project().sources)


def deps(stage: str) -> list[str]:
    """The files and folders that a stage depends on."""
    return list(_stage(stage).deps)


def inputs(stage: str) -> dict[str, str]:
    """What a stage reads of other stages: path, and the stage that writes it."""
    read = _stage(stage).inputs
    return {path: name for path, name in makers().items() if any(graph.overlap(path, dep) for dep in read)}


def makers() -> dict[str, str]:
    """The stage that writes each output."""
    return {path: name for name in _graph() for path in outputs([name])}


def only_read() -> set[str]:
    """What stages depend on and no stage writes."""
    return {dep for stage in _graph().values() for dep in stage.deps} - set(outputs())


def only_written() -> list[str]:
    """The outputs that no person edits: those that persist, as params.yaml, may be edited."""
    entries = [item for stage in _graph().values() for item in stage.outs.items()]
    return [path for path, options in entries if not options.get("persist")]


def from_root(stage: str, path: str) -> str:
    """A path that dvc.lock has of a stage, which is from where DVC ran it, as it is from the root."""
    return graph.from_root(here().code, _graph()[stage].wdir if stage in _graph() else ".", path)


def _graph() -> dict[str, graph.Stage]:
    return graph.read(here().code)


def _stage(name: str) -> graph.Stage:
    """What a stage declares. Raises UserError when it is none."""
    if name not in _graph():
        raise UserError(f"{name} is not a stage: dvc.yaml has {', '.join(_graph())}")
    return _graph()[name]


def files(path: Path) -> list[Path]:
    """The files below a folder, those that links lead to included, but no editor's and system's; or the file itself."""
    if not path.is_dir():
        return [path] if path.is_file() else []
    found, seen = [], set()
    for folder, folders, names in os.walk(path, followlinks=True):
        seen.add(os.path.realpath(folder))
        folders[:] = [
            name
            for name in folders
            if not strays.is_stray(PurePath(name)) and os.path.realpath(Path(folder, name)) not in seen
        ]
        found += [Path(folder, name) for name in names if not strays.is_stray(PurePath(name))]
    return sorted(file for file in found if file.is_file())
