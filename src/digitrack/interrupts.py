"""Ctrl-C and SIGTERM as KeyboardInterrupt, but not in the middle of what does not survive one."""

import atexit
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType

# Cut off anywhere, these leave the store locked, a run that nobody knows of, or an error of another kind.
WHOLE = ("mlflow", "sqlalchemy", "omegaconf")
SOON = 0.002  # seconds


def install() -> None:
    """Handle both signals in this process, unless whoever started it ignores them."""
    if threading.current_thread() is not threading.main_thread():  # which alone may, and is the one interrupted
        return
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)
    signal.signal(signal.SIGALRM, _interrupt)
    sys.excepthook, sys.unraisablehook = _report, _report_dropped
    atexit.register(ignore)


def ignore() -> None:
    """From here on, Ctrl-C changes nothing: what is left to do is quick."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def kept_from_children() -> Iterator[None]:
    """Processes started here do not hear Ctrl-C: the one that started them does, and ends them."""
    from multiprocessing import resource_tracker  # few processes start others

    resource_tracker.ensure_running()  # it unblocks the signal when it starts
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _interrupt(number: int, frame: FrameType | None) -> None:
    whole = False
    while frame:
        name = str(frame.f_globals.get("__name__")).partition(".")[0]
        whole = name in WHOLE or (whole and name != "importlib")  # importing them can be cut off
        frame = frame.f_back
    if not whole:
        raise KeyboardInterrupt
    signal.setitimer(signal.ITIMER_REAL, SOON)  # try again


def _report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not isinstance(error.__cause__ or error, KeyboardInterrupt):  # an interrupted import can be an ImportError
        sys.__excepthook__(kind, error, trace)


def _report_dropped(dropped: "sys.UnraisableHookArgs") -> None:
    if issubclass(dropped.exc_type, KeyboardInterrupt):  # it came in a finalizer, where Python drops it
        signal.setitimer(signal.ITIMER_REAL, SOON)
    else:
        sys.__unraisablehook__(dropped)
