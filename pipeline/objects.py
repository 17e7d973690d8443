"""Settings that name code by `_target_`, as in Hydra: any name that can be imported works, and Hydra calls it.

This module reports a mistake in one line, with the key and a similar name.
"""

import os
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from digitrack import Refused

if TYPE_CHECKING:
    import numpy as np

    from digitrack.data.source import Source

ROOT = Path(__file__).resolve().parents[1]  # relative paths start here, wherever a stage runs
INPUTS = ROOT / "inputs"  # a dependency of the stage split
OWN_SOURCES = "digitrack.data.sources."  # modules with a function `labels` beside `load`

FULL_KEY = re.compile(r"full_key: (.*)$")  # how Hydra ends a message about a nested node


def maker(node: Mapping[str, Any], key: str) -> Callable[[], Any]:
    """Return a function that makes what the node at `key` describes, or raises Refused with the key."""

    def make() -> Any:
        from hydra.utils import instantiate  # takes 0.08 s, which other stages save

        for name, inner in targets(node, key):
            located(name, f"{inner}._target_")
        try:
            return instantiate(_with_float_rates(node), _convert_="all")
        except Exception as error:  # the code with that name may raise anything
            raise Refused(_line(error, node, key)) from error

    return make


def targets(node: Any, key: str) -> Iterator[tuple[str, str]]:
    """Yield every name that Hydra would call, and the key of its node."""
    if isinstance(node, Mapping):
        if "_target_" in node:
            yield node["_target_"], key
        if node.get("_recursive_", True):
            for name, value in node.items():
                yield from targets(value, f"{key}.{name}")
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from targets(value, f"{key}[{place}]")


def located(name: str, key: str) -> Any:
    """Import what a dotted name stands for. Raises Refused, with a similar name if there is one."""
    parts = name.split(".")
    found: Any = None
    for n, part in enumerate(parts):
        home, here = ".".join(parts[:n]), ".".join(parts[: n + 1])
        try:
            found = getattr(found, part) if n and hasattr(found, part) else import_module(here)
        except Exception as error:
            missing = error.name if isinstance(error, ModuleNotFoundError) else None
            if missing is None or not f"{here}.".startswith(f"{missing}."):  # the module exists, and fails when it runs
                raise Refused(f"{key}: {here} can't be imported: {_message(error)}") from error
            what = f"{home} has no {part}" if home else f"there is no module {part}"
            near = get_close_matches(part, _names(found) if home else [module.name for module in iter_modules()], 1)
            meant = ".".join([*parts[:n], *near, *parts[n + 1 :]])
            raise Refused(f"{key}: {what}{f': did you mean {meant}?' if near else ''}") from None
    if not callable(found):
        raise Refused(f"{key}: {name} is not a class or function, but {type(found).__name__}")
    return found


def source(node: Mapping[str, Any]) -> "Source":
    """Load the data set that the section `data` describes; warn if DVC won't see edits of its files. Raises Refused."""
    from digitrack.data.sources import bunch  # imports numpy, which the schema does not need

    for key, path in paths(node):
        if why := _unseen(path):
            print(f"warning: {key}={path} {why}: DVC won't see when it is edited", file=sys.stderr)
    return bunch.any_source(_loaded(node), node["_target_"])


def paths(node: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    """Yield the files and folders that the section `data` names, with their keys.

    They are the argument `path`, and in arguments of other projects' loaders, every text that is an existing path.
    """
    if path := _path(node):
        yield "data.path", path
    if not str(node.get("_target_")).startswith(OWN_SOURCES):
        yield from _existing({key: value for key, value in node.items() if key not in ("_target_", "path")}, "data")


def _existing(value: Any, key: str) -> Iterator[tuple[str, Path]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _existing(inner, f"{key}.{name}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _existing(inner, f"{key}[{place}]")
    elif isinstance(value, str) and "\0" not in value and len(value) < 1000:
        path = Path(os.path.normpath(ROOT / os.path.expanduser(value)))
        if os.path.exists(path) and not ROOT.is_relative_to(path):  # "", ".", "/"
            yield key, path


def _unseen(path: Path) -> str:
    """Return why DVC does not see edits of a file or folder, or "": it follows links to files, but not to folders."""
    if not path.is_relative_to(INPUTS):
        return "is not in inputs/"
    above = [folder for folder in (path, *path.parents) if folder != INPUTS and folder.is_relative_to(INPUTS)]
    below = (Path(folder, name) for folder, names, _ in os.walk(path) for name in names)
    linked = next((folder for folder in (*above, *below) if folder.is_symlink() and folder.is_dir()), None)
    return f"leads to {linked.relative_to(ROOT)}, which is a link to a folder" if linked else ""


def labels(node: Mapping[str, Any]) -> tuple["np.ndarray", Sequence[Any]]:
    """Load the classes (n,) and their names, without pixels where those take long to read. Raises Refused."""
    name, _, function = node["_target_"].rpartition(".")
    if name.startswith(OWN_SOURCES) and function == "load":
        located(node["_target_"], "data._target_")
        return _loaded({**node, "_target_": f"{name}.labels"})
    from digitrack.data.sources import bunch

    found = bunch.any_source(_loaded(node), node["_target_"])
    return found.y, found.class_names


def _loaded(node: Mapping[str, Any]) -> Any:
    path = _path(node)
    try:
        return maker({**node, "path": str(path)} if path else node, "data")()
    except Refused as error:
        raise Refused(str(error).replace(f"{ROOT}/", "")) from error  # with paths as in the setting


def _path(node: Mapping[str, Any]) -> Path | None:
    """Return the argument `path`, from the project's root; None if there is none, or it is an address."""
    path = node.get("path")
    if not isinstance(path, str) or "://" in path:
        return None
    return Path(os.path.normpath(ROOT / Path(path).expanduser()))


def _with_float_rates(value: Any, name: str = "") -> Any:
    """Return plain settings with a learning rate of 1 as 1.0: Keras rejects integers."""
    if isinstance(value, Mapping):
        return {key: _with_float_rates(inner, str(key)) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_float_rates(inner) for inner in value]
    return float(value) if type(value) is int and name.endswith("learning_rate") else value


def _names(found: Any) -> list[str]:
    """Return the public names in a module or class, including the modules of a package."""
    names = {name for name in dir(found) if not name.startswith("_")}
    return sorted(names | {module.name for module in iter_modules(getattr(found, "__path__", []))})


def _line(error: Exception, node: Mapping[str, Any], key: str) -> str:
    """Describe a call by Hydra that failed: the key, the name that was called, and the message of the exception."""
    inner = FULL_KEY.search(str(error))
    where = f"{key}.{inner[1]}" if inner else key
    cause = error.__cause__ or error
    if isinstance(cause, Refused):
        return f"{where}: {cause}"
    if cause is error:  # Hydra's own error, which says what it is about
        return f"{where}: {_message(error)}"
    names = {place: name for name, place in targets(node, key)}
    return f"{where}: {names.get(where, '')}: {_message(cause)}"


def _message(error: BaseException) -> str:
    """Describe an exception in a line: its type, unless arguments are wrong, and where this project raised it."""
    text = " ".join(str(error).split())
    text = text if type(error) in (TypeError, ValueError) else f"{type(error).__name__}: {text}"
    files = [
        (Path(frame.filename), frame.lineno)
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename != __file__
    ]
    own = [f"{file.relative_to(ROOT)}:{line}" for file, line in files if _is_own(file)]
    return f"{text} ({own[-1]})" if own else text


def _is_own(file: Path) -> bool:
    return file.is_relative_to(ROOT) and not file.is_relative_to(sys.prefix)
