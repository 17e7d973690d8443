"""What an error comes to: a line for the terminal and the run, and the traceback for who looks for it.

Of a mistake that the user can put right the line says all; an error of code is found by its traceback.
"""

import errno
import os
import sysconfig
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracked.errors import CommandFailed, UserError
from tracked.messages import LONGEST, one_line, short
from tracked.project import here, project
from tracked.secrets.masking import masked

FILE = "error.log"  # the traceback's, in the folder that a stage writes to and among the artifacts of its run
IN_FULL = os.environ.get("HYDRA_FULL_ERROR") == "1"  # as the user has it: for Hydra, this library sets it later
OWN = Path(__file__).parent
OTHERS = (OWN, *(Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "purelib", "platlib")))


@dataclass(frozen=True)
class Failure:
    """An error without its exception."""

    message: str
    place: str = ""  # file and line of an error of code
    trace: str = ""  # the traceback of an error of code

    def line(self, longest: int = LONGEST) -> str:
        """The message, shortened, and the place, which is not."""
        return short(self.message, longest) + (f" ({self.place})" if self.place else "")


class Fault(Exception):
    """An error of another process's code."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure


def of(error: BaseException) -> Failure:
    """What an error comes to, without secrets."""
    if isinstance(error, Fault):
        return error.failure
    message = one_line(error)
    if isinstance(error, _refusals()):
        return Failure(message)
    if isinstance(error, CommandFailed):
        return Failure(message, trace=masked(error.said))
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Failure(f"{message}: make room, and start again")
    place, is_project = _place(error)
    if isinstance(error, OSError) and error.filename is not None and not is_project:
        return Failure(message)  # a file of the user's, which this library or Hydra reads or writes for the project
    trace = masked("".join(traceback.format_exception(error))).encode(errors="backslashreplace").decode()
    return Failure(f"{type(error).__name__}: {message}" if message else type(error).__name__, place, trace)


def is_for_the_user(error: BaseException) -> bool:
    """Whether an error is something that the user can put right without reading code."""
    return not of(error).trace


def carry(call: Callable, *args: Any) -> Any:
    """What a call returns, in a process that works for another one. Raises Fault, or UserError, for whatever it raises:
    not every exception survives the way, and none takes its traceback along."""
    try:
        return call(*args)
    except Exception as error:
        failure = of(error)
        raise (Fault(failure) if failure.trace else UserError(failure.message)) from None


def keep(failure: Failure, file: Path) -> str:
    """Write the traceback, if there is one, to a file. The line, with where that is."""
    if not failure.trace:
        return failure.line()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(failure.trace, encoding="utf-8")
    except OSError as error:
        return f"{failure.line()}; its traceback can't be written: {one_line(error)}"
    started = here().started
    return f"{failure.line()}; traceback: {file.relative_to(started) if file.is_relative_to(started) else file}"


def _refusals() -> tuple[type[BaseException], ...]:
    try:
        return UserError, project().refusal
    except Exception:  # no project, or one that can't be imported: the error may be that
        return (UserError,)


def _place(error: BaseException) -> tuple[str, bool]:
    """Where an error happened: in the project's own code or else in this library's; whether it was the former."""
    frames = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    if isinstance(error, SyntaxError):
        frames.append((error.filename or "", error.lineno or 0))
    found = [(Path(name).resolve(), line) for name, line in reversed(frames) if os.path.isfile(name)]
    code = _code()
    for file, line in found:
        if code and _is_below(file, code):
            return f"{file.relative_to(code)}:{line}", True
    for file, line in found:
        if file.is_relative_to(OWN):
            return f"{file.relative_to(OWN.parent)}:{line}", False
    return (f"{found[0][0]}:{found[0][1]}" if found else ""), False


def _code() -> Path | None:
    try:
        return here().code.resolve()
    except UserError:  # no project
        return None


def _is_below(file: Path, code: Path) -> bool:
    """Whether a file is the project's own: an environment may lie in its folder, and this library too."""
    return (
        file.is_relative_to(code)
        and not any(file.is_relative_to(other) for other in OTHERS)
        and not {"site-packages", "dist-packages"} & set(file.parts)
    )
