"""The code that is being written: a file as it lies on the disk now, or cells of a notebook."""

import importlib.util
import os
import sys
import traceback
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from .tell import Unreadable, Wrong

OURS = ("checks", "diagnoses", "test_practical")  # of the modules beside the student's file
CELLS = ("<ipython", "ipykernel", "<stdin", "<string", "<cell")  # what files are called that are cells


def _known(module: object) -> dict[str, object]:
    """What a module has, without loading what it loads when it is asked; {} for what is no module of Python's."""
    try:
        return object.__getattribute__(module, "__dict__")
    except AttributeError:
        return {}


class Files:
    """The files in a student's folder."""

    def __init__(self, folder, loading=lambda name: None):
        """`loading` is called with the file that is being loaded, and with None when that has ended."""
        self.folder, self.loading = Path(folder).resolve(), loading

    @contextmanager
    def module(self, name):
        """A file as a module, loaded anew. What it imports from its own folder is loaded anew, too, and forgotten
        afterwards: it may be edited, and another student's may have the same name."""
        kept = {key: module for key, module in sys.modules.items() if self._has(key, module)}
        for key in kept:
            del sys.modules[key]
        sys.path.insert(0, str(self.folder))
        try:
            yield self._load(self.folder / name)
        finally:
            sys.path.remove(str(self.folder))
            for key in [key for key, module in sys.modules.items() if self._has(key, module)]:
                del sys.modules[key]
            sys.modules.update(kept)

    def _has(self, key, module):
        if not isinstance(module, ModuleType):
            return False
        file = _known(module).get("__file__")
        own = key.partition(".")[0] not in OURS and key != "__main__"
        return own and isinstance(file, str) and self.has(file)

    def has(self, file):
        """Whether a file is one of the student's: an environment may lie in the folder, too."""
        return file.startswith(str(self.folder) + os.sep) and "site-packages" not in file

    def _load(self, file):
        """Raises Unreadable when it is missing, no Python, or stops."""
        if not file.exists():
            raise Unreadable(f"there is no {file.name} in {file.parent}")
        code = compiled(file)
        self.loading(file.name)
        module = sys.modules[file.stem] = ModuleType(file.stem)  # a helper may import it
        module.__file__ = str(file)
        try:
            exec(code, module.__dict__)  # noqa: S102
        except (Exception, SystemExit) as error:
            raise Unreadable(f"{file.name} stops when it is loaded: {self.where(error)}") from None
        self.loading(None)
        return module

    def where(self, error):
        """An exception, with the last line of the student's that it went through."""
        return told(error, lambda file: self.has(file) and Path(file).stem not in OURS)


class Cells:
    """The cells of a notebook, in which a function or a class is defined."""

    def __init__(self, name, thing):
        if not (callable(thing) and hasattr(thing, "__name__")) or hasattr(thing, "__self__"):
            raise Wrong(
                f'check("{name}", ...) takes what you wrote: a function, as check("softmax", softmax), or for the '
                'methods the class, as check("forward", NeuralNet). Without it, it looks at the files.'
            )
        self.name, self.thing = name, thing

    @contextmanager
    def module(self, _):
        """All that the notebook defines."""
        module = ModuleType("__main__")
        module.__dict__.update(vars(sys.modules[self.thing.__module__]))
        module.__dict__["NeuralNet" if isinstance(self.thing, type) else self.name] = self.thing
        module.__file__ = "this notebook"
        yield module

    def where(self, error):
        return told(error, is_cell)


def compiled(file):
    """The code of a file. Raises Unreadable with its line."""
    try:
        text = importlib.util.decode_source(file.read_bytes())  # as Python: a mark at the beginning, `coding:` lines
    except (UnicodeDecodeError, SyntaxError):
        raise Unreadable(not_utf8(file)) from None
    if "\0" in text:
        raise Unreadable(f"{file.name} is no UTF-8 text: save it again with the encoding UTF-8.")
    try:
        return compile(text, str(file), "exec")
    except SyntaxError as error:
        raise Unreadable(f"Python can't read {file.name}, line {error.lineno}: {error.msg}") from None


def not_utf8(file):
    lines = file.read_bytes().splitlines()
    for number, line in enumerate(lines, 1):
        try:
            line.decode()
        except UnicodeDecodeError as error:
            shown = line[error.start : error.end].decode("latin-1")
            return (
                f"{file.name} is not in UTF-8, line {number} (perhaps {shown!r} in Latin-1): save it again with the "
                "encoding UTF-8."
            )
    return f"{file.name} is not in the encoding that it names: save it again as UTF-8."


def named(module, name):
    """A function or a class of the module. Raises Wrong when it has none of that name."""
    if not callable(getattr(module, name, None)):
        raise Wrong(f"{Path(module.__file__).name} has no {name}")
    return getattr(module, name)


def told(error, is_own):
    """An exception in words, and where it came from: the last line for whose file is_own is true."""
    text = f"{type(error).__name__}: {error}".rstrip(": ")
    if isinstance(error, SystemExit):
        text = "it ends Python (exit() or sys.exit()): leave that out"
    if isinstance(error, RecursionError):
        text = "it calls itself without an end (RecursionError)"
    lines = [frame for frame in traceback.extract_tb(error.__traceback__) if is_own(frame.filename)]
    if not lines:
        return text
    file = "" if is_cell(lines[-1].filename) else f"{Path(lines[-1].filename).name} "
    return f"{text}, in {file}line {lines[-1].lineno}: {lines[-1].line}"


def is_cell(file):
    return any(mark in file for mark in CELLS)
