"""Hold what stages import against what dvc.yaml declares: `tracked deps [--write]`.

DVC looks at the files that `deps` lists, and at no others: an edit of a module that is missing there runs nothing.
"""

import argparse
import re
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from tracked.dvc import commands, declared, graph, imports
from tracked.dvc.params import load
from tracked.errors import UserError
from tracked.project import here, project

TARGET = re.compile(r"'_target_': '([\w.]+)'")


def needed(stage: str) -> set[str]:
    """The project's files that a stage runs, by path: what it imports, and what its settings name as `_target_`; but
    no __init__.py without code."""
    homes = tuple(map(Path, here().paths))
    sections: Iterable[str] | None = None if stage == graph.COMPOSE else declared.sections([stage])
    if stage == graph.COMPOSE:
        told = [name.partition(":")[0] for name in (project().settings, project().check, project().refusals) if name]
    elif project().is_command(stage):
        told = list(started := commands.code(here(), stage))
        homes = tuple(dict.fromkeys([*started.values(), *homes]))
    else:
        told = [project().module(stage)]
        if not imports.files(told[0], homes):
            commands.refuse_without_function(here(), stage, told[0])
    settings = _settings()
    named = TARGET.findall(str(settings if sections is None else [settings.get(name) for name in sections]))
    found = imports.reached([*told, *named], homes)
    own = [file for file in found if file.is_relative_to(here().code)]
    code = [file for file in own if file.name != "__init__.py" or imports.has_code(file)]
    return {file.relative_to(here().code).as_posix() for file in code}


def missing(stage: str) -> list[str]:
    """What of it dvc.yaml does not declare for this stage, by itself or by a folder around it."""
    known = [PurePosixPath(dep) for dep in declared.deps(stage)]
    return sorted(path for path in needed(stage) if not any(PurePosixPath(path).is_relative_to(dep) for dep in known))


def write(found: dict[str, list[str]]) -> None:
    """Add what is missing to dvc.yaml, whose comments and order stay."""
    from ruamel.yaml import YAML  # DVC's own

    yaml = YAML()
    yaml.width, yaml.preserve_quotes = 10_000, True
    file = here().code / "dvc.yaml"
    text = file.read_text(encoding="utf-8")
    if re.search(r"^ +deps:\n +- ", text, re.M) and not re.search(r"^( +)deps:\n\1- ", text, re.M):
        yaml.indent(mapping=2, sequence=4, offset=2)
    content = yaml.load(text)
    for stage, paths in found.items():
        entry = content["stages"][graph.split(stage)[0]]
        entry = entry.get("do", entry)
        wdir = graph.read(here().code)[stage].wdir  # where the stage's paths begin
        own = [graph.from_root(here().code / wdir, ".", str(here().code / path)) for path in paths]
        entry.setdefault("deps", []).extend(path for path in own if path not in entry["deps"])
    part = file.with_name(f"{file.name}.part")
    with part.open("w", encoding="utf-8") as out:
        yaml.dump(content, out)
    part.replace(file)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--write", action="store_true", help="add what is missing to dvc.yaml")


def run(given: argparse.Namespace) -> None:
    """Print a line for each stage; exit with 1 while something is missing."""
    found = {stage: missing(stage) for stage in graph.read(here().code)}
    for stage, paths in found.items():
        print(f"{stage}: {'deps lack ' + ', '.join(paths) if paths else 'all that it imports is in deps'}")
    lacking = {stage: paths for stage, paths in found.items() if paths}
    if lacking and given.write:
        write(lacking)
        print("dvc.yaml: added")
    elif lacking:
        sys.exit(1)


def _settings() -> dict[str, object]:
    try:
        return load(here().code / "params.yaml")
    except UserError:  # none is written yet
        return {}
