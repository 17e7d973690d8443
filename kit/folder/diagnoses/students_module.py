"""The file that is being written: loaded as it lies on the disk now, and named where it fails."""

import traceback
from types import ModuleType

from .tell import Wrong


def load(file):
    """The module, anew each time. Raises Wrong when it is missing, or no Python."""
    if not file.exists():
        raise Wrong(f"there is no {file.name} in {file.resolve().parent}")
    module = ModuleType(file.stem)
    try:
        exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), module.__dict__)  # noqa: S102
    except SyntaxError as error:
        raise Wrong(f"Python can't read {file.name}, line {error.lineno}: {error.msg}") from None
    return module


def named(module, name):
    """A function or a class of the module. Raises Wrong when it has none of that name."""
    if not callable(getattr(module, name, None)):
        raise Wrong(f"{module.__name__}.py has no {name}")
    return getattr(module, name)


def where(error, file):
    """An exception, with the last line of the student's file that it went through."""
    text = f"{type(error).__name__}: {error}".rstrip(": ")
    lines = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)]
    if not lines:
        return text
    return f"{text}, in {file.name} line {lines[-1].lineno}: {lines[-1].line}"
