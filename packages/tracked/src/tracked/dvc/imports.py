"""Which files of the project a module imports, wherever in its code it does: found in the code, nothing is run."""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from tracked.errors import UserError


def reached(modules: Iterable[str], homes: tuple[Path, ...]) -> set[Path]:
    """The files below `homes` that Python loads for some modules, and for what these import, packages included.

    What is imported for type checkers alone is left out; a name that is made up while the code runs is not known.
    Raises UserError for a file that can't be parsed.
    """
    found: set[Path] = set()
    left = [file for module in modules for file in files(module, homes)]
    while left:
        file = left.pop()
        if file in found:
            continue
        found.add(file)
        left += [more for name in imported(file, _package(file, homes)) for more in files(name, homes)]
    return found


def files(module: str, homes: tuple[Path, ...]) -> list[Path]:
    """The files that Python loads for a dotted name: the packages on the way, and as much of the name as is a module.

    None where it lies elsewhere.
    """
    for home in homes:
        found, place = [], home
        for part in module.split("."):
            place = place / part
            here = [file for file in (place / "__init__.py", place.with_suffix(".py")) if file.is_file()]
            if not here and not place.is_dir():
                break
            found += here[:1]
        if found:
            return found
    return []


@cache
def imported(file: Path, package: str) -> tuple[str, ...]:
    """The names that a file's code imports: of `from a import b`, a and a.b, as b may be a module."""
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError) as error:
        raise UserError(f"{file} can't be parsed: {error}") from None
    names: list[str] = []
    for node in _running(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            names += [origin, *(f"{origin}.{alias.name}" for alias in node.names)]
    return tuple(dict.fromkeys(names))


@cache
def has_code(file: Path) -> bool:
    """Whether a file holds more than a docstring."""
    return any(not isinstance(node, ast.Expr) for node in ast.parse(file.read_bytes()).body)


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it, without what stands under `if TYPE_CHECKING:`."""
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for other in child.orelse:
                yield from _running(other)
        else:
            yield from _running(child)


def _package(file: Path, homes: tuple[Path, ...]) -> str:
    """The package that a file belongs to, as relative imports in it see it."""
    home = next(home for home in homes if file.is_relative_to(home))
    return ".".join(file.relative_to(home).parent.parts)
