"""Ctrl-C and SIGTERM as KeyboardInterrupt, but not in the middle of what does not survive one."""

import atexit
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType, TracebackType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class _State:
    """Of this process: how many blocks hold interrupts back, and whether one came."""

    held = 0
    came = False


def install() -> None:
    """Handle both signals in this process, unless whoever started it ignores them."""
    if threading.current_thread() is not threading.main_thread():  # which alone may, and is the one interrupted
        return
    for number in _SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)
    sys.excepthook, sys.unraisablehook = _report, _report_dropped
    atexit.register(_leave)  # what is registered later runs before


def hear() -> None:
    """Have Ctrl-C, SIGTERM and a closed terminal interrupt this process, also where whoever started it ignores them."""
    for number in (*_SIGNALS, signal.SIGHUP):
        signal.signal(number, _interrupt)


def ignore() -> None:
    """From here on, Ctrl-C changes nothing: what is left to do is quick."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def forget() -> None:
    """The interrupt that came has done what it was for."""
    _State.came = False


@contextmanager
def held() -> Iterator[None]:
    """An interrupt that comes in this block is raised at its end: cut off, a write leaves the store locked, or a run
    in it that nobody knows of. Only the main thread is interrupted, so in others this does nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _State.held += 1
    try:
        yield
    finally:
        _State.held -= 1
        check()


def check() -> None:
    """Raise the interrupt that came in a held block, or that was lost: Python drops one in a finalizer, and libraries
    have a bare `except:` around their imports. Not while one is on its way: what cleans up is not to be cut off."""
    if _State.came and not _State.held and not _on_its_way():
        raise KeyboardInterrupt


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
    again, _State.came = _State.came, True
    if again or not _State.held:
        raise KeyboardInterrupt


def _on_its_way() -> bool:
    error = sys.exception()
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def _leave() -> None:
    """At the very end: an interrupt that came too late for an exception is still told by the exit code, else DVC, which
    ignores Ctrl-C while a stage runs, would go on with the next stage."""
    if _State.came:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(130)
    for number in _SIGNALS:
        if signal.getsignal(number) == _interrupt:
            signal.signal(number, signal.SIG_DFL)


def _report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not isinstance(error.__cause__ or error, KeyboardInterrupt):  # an interrupted import can be an ImportError
        sys.__excepthook__(kind, error, trace)


def _report_dropped(dropped: "sys.UnraisableHookArgs") -> None:
    if not issubclass(dropped.exc_type, KeyboardInterrupt):  # which comes again: see check
        sys.__unraisablehook__(dropped)
