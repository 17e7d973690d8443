"""What dvc.yaml declares: the settings that stages read, the code that they run, the files that they write."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from tracked import graph
from tracked.project import here, project
from tracked.settings.hashes import fingerprint, md5


def sections(stages: Iterable[str]) -> set[str]:
    """The sections of params.yaml that the stages read."""
    return {key.partition(".")[0] for stage in stages for key in _graph()[stage].get("params", [])}


def code(stages: Iterable[str]) -> str:
    """A hash of what the stages run and read: of their dependencies, but for what other stages write."""
    made = set(outputs())
    return fingerprint({path: known for path, known in hashes(stages).items() if path not in made})


def hashes(stages: Iterable[str]) -> dict[str, Any]:
    """The hashes of all files that the stages depend on, by path; of links, those of what they lead to."""
    deps = {dep for stage in stages for dep in _graph()[stage].get("deps", [])}
    files = {file for dep in deps for file in _files(here().code / dep)}
    return {file.relative_to(here().code).as_posix(): md5(file) for file in files}


def read(settings: dict[str, Any]) -> dict[str, str]:
    """The hashes of what else the settings make stages read, by path, wherever it lies. Raises UserError."""
    found = project().read_by(settings)
    return {str(file): md5(file) for path in found for file in _files(here().code / path)}


def outputs(stages: Iterable[str] | None = None) -> list[str]:
    """The files and folders that the stages write; without names, those of all stages."""
    chosen = _graph() if stages is None else stages
    return [path for name in chosen for path in graph.outputs(_graph()[name])]


def written(stages: Iterable[str], folder: Path) -> list[Path]:
    """The files that the stages have written below a folder."""
    below = [path for path in map(PurePosixPath, outputs(stages)) if not path.is_absolute() and ".." not in path.parts]
    return [file for path in below for file in _files(folder / path)]


def unlink(stage: str, folder: Path) -> None:
    """Give the outputs of a stage in a folder a content of their own, where they share it with another file, as DVC's
    cache: a stage would write through the link. DVC itself removes them before it runs a stage."""
    for path in outputs([stage]):
        found = folder / path
        files = found.rglob("*") if found.is_dir() and not found.is_symlink() else [found]
        for file in list(files):
            if file.is_file() and (file.is_symlink() or file.stat().st_nlink > 1):
                own = file.with_name(f"{file.name}.part")
                shutil.copyfile(file, own)
                own.replace(file)


def inputs(stage: str) -> dict[str, str]:
    """What a stage reads of other stages: path, and the stage that writes it."""
    known = makers()
    return {dep: known[dep] for dep in _graph()[stage].get("deps", []) if dep in known}


def hashes_of_inputs(stage: str, folder: Path) -> dict[str, str]:
    """The hashes of all files below a folder that a stage reads of other stages, by path."""
    return {file.relative_to(folder).as_posix(): md5(file) for path in inputs(stage) for file in _files(folder / path)}


def makers() -> dict[str, str]:
    """The stage that writes each output."""
    return {path: name for name in _graph() for path in outputs([name])}


def only_read() -> set[str]:
    """What stages depend on and no stage writes."""
    return {dep for stage in _graph().values() for dep in stage.get("deps", [])} - set(outputs())


def only_written() -> list[str]:
    """The outputs that no person edits: those that persist, as params.yaml, may be edited."""
    entries = [item for stage in _graph().values() for item in graph.outputs(stage).items()]
    return [path for path, options in entries if not options.get("persist")]


def _graph() -> dict[str, Any]:
    return graph.read(here().code)


def _files(path: Path) -> list[Path]:
    """The files below a folder, those that links lead to included, or the file itself."""
    if not path.is_dir():
        return [path] if path.is_file() else []
    found, seen = [], set()
    for folder, folders, names in os.walk(path, followlinks=True):
        seen.add(os.path.realpath(folder))
        folders[:] = [
            name for name in folders if name != "__pycache__" and os.path.realpath(Path(folder, name)) not in seen
        ]
        found += [Path(folder, name) for name in names]
    return sorted(file for file in found if file.is_file())
