"""Stages that are commands: which ones are, the code that they start, and the files that they read.

`cmd: python src/train.py data model.pkl` in dvc.yaml is one that nobody hears of; `cmd: tracked run train -- python
src/train.py data model.pkl` records it.
"""

import ast
import re
import shlex
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tracked.dvc import graph, imports
from tracked.errors import UserError

if TYPE_CHECKING:
    from tracked.project import Where

RECORDED = re.compile(r"^\s*tracked\s+run\s+\S+\s+--\s+")  # what stands before a command that is recorded
OURS = re.compile(r"\btracked\s+run\b")


def is_command(where: "Where", name: str, module: str) -> bool:
    """Whether a stage is a command, not a function `run` of the module. Nothing is imported to find out."""
    cmd = graph.read(where.code)[name].cmd if name in graph.read(where.code) else ()
    if any(map(RECORDED.match, cmd)):
        return True
    return bool(cmd) and not any(map(OURS.search, cmd)) and not _has_function(module, tuple(map(Path, where.paths)))


def refuse_without_function(where: "Where", name: str, module: str) -> None:
    """Raises UserError when the module of a stage is not there, or can have no function `run`: to import a script, as
    it was before, would run it."""
    file = _file(module, tuple(map(Path, where.paths)))
    if file is None and find_spec(module) is None:
        raise UserError(
            f"the stage {name} is to be the module {module}, which is not there: in Project(...), "
            f'modules={{"{graph.split(name)[0]}": "MODULE"}} names another'
        )
    if file is not None and not _binds(file, "run"):
        path = graph.from_root(where.code, ".", str(file))
        raise UserError(
            f"{path} has no function run(settings, folder, report) for `tracked run {name}` to call; a script is run "
            f"by `tracked run {name} -- python {path} ...`"
        )


def lines(where: "Where", name: str) -> list[str]:
    """What a stage runs, one after the other, without what records it."""
    return [RECORDED.sub("", line) for line in graph.read(where.code)[name].cmd]


def code(where: "Where", name: str) -> dict[str, Path]:
    """The modules that a stage's commands start, with the folder that Python finds each in first."""
    found = {}
    wdir = where.code / graph.read(where.code)[name].wdir
    for line in lines(where, name):
        told = words(line)
        for before, word in zip(["", *told], told, strict=False):
            if before == "-m":
                found[word] = wdir
            elif word.endswith(".py") and (file := (wdir / word).resolve()).is_file():
                found[file.stem] = file.parent
    return found


def read(where: "Where", name: str) -> list[str]:
    """What a stage reads by a path below the root and no stage writes: what it declares, and what its commands name."""
    stages = graph.read(where.code)
    stage, written = stages[name], [path for each in stages.values() for path in each.outs]
    named = [graph.from_root(where.code, stage.wdir, word) for line in lines(where, name) for word in words(line)]
    found = [*stage.inputs, *(path for path in named if (where.code / path).is_file())]
    return [
        path
        for path in dict.fromkeys(found)
        if not Path(path).is_absolute()
        and ".." not in Path(path).parts
        and not any(graph.overlap(path, output) for output in written)
    ]


def words(line: str) -> list[str]:
    """The words of a command, as many as can be told apart."""
    try:
        return shlex.split(line)
    except ValueError:
        return line.split()


def _has_function(module: str, homes: tuple[Path, ...]) -> bool:
    """Whether a module is one of ours, that another command than `tracked run` starts."""
    if (file := _file(module, homes)) is None or not _binds(file, "run"):
        return False
    try:
        names = imports.imported(file, module.rpartition(".")[0])
    except UserError:  # of another Python, or none: its command may run it all the same
        return False
    return any(name.partition(".")[0] == "tracked" for name in names)


def _file(module: str, homes: tuple[Path, ...]) -> Path | None:
    """The file of a module of the project's, or of a package by this name."""
    found = imports.files(module, homes)
    last = module.rpartition(".")[2]
    return next((file for file in found[-1:] if last in (file.stem, file.parent.name)), None)


def _binds(file: Path, name: str) -> bool:
    """Whether a module's code gives something a name. What is no Python may: its import says what is wrong."""
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):
        return True
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return True
        if isinstance(node, ast.ImportFrom | ast.Import) and {name, "*"} & {a.asname or a.name for a in node.names}:
            return True
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store):
            return True
    return False
