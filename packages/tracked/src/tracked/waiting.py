"""Signs of life at a terminal: a line that counts the seconds of a wait.

Not by rich, which DVC brings: its spinner would write over a debugger's prompt, and its import is a wait of its own.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread
from time import monotonic

AT_FIRST = 0.3  # seconds after which a line says what is being waited for: what is quicker needs none
BUSY = 0.2  # the share of its time for which a process computes that does not wait for an answer
_shown = Lock()  # one such line at a time


@contextmanager
def waiting(text: str, computed: Callable[[], float | None] | None = None) -> Iterator[None]:
    """Show what the block's seconds are spent on, so that nobody takes the command for stuck.

    On a terminal this is a line that counts the seconds, and goes when the block ends; elsewhere nothing is shown. The
    cursor stays at the line's start: what the block prints meanwhile replaces the line. Where the user may be prompted
    meanwhile, as by a debugger, `computed` returns the seconds that the waited-for process has computed, or None if it
    waits or prints itself: then, and while these stand still, nothing is shown.
    """
    if not sys.stderr.isatty() or not _shown.acquire(blocking=False):
        yield
        return
    over = Event()
    counter = Thread(target=_count, args=(text, computed, over), daemon=True)
    counter.start()
    try:
        yield
    finally:
        over.set()
        counter.join()
        _shown.release()


def _count(text: str, computed: Callable[[], float | None] | None, over: Event) -> None:
    started, pause, shown, before = monotonic(), AT_FIRST, False, 0.0
    while not over.wait(pause):
        now = computed() if computed else 0.0
        is_busy = computed is None or (now is not None and now - before > BUSY * pause)
        before = before if now is None else now
        if is_busy:
            print(f"\r\x1b[K{text} ... {monotonic() - started:.0f} s\r", end="", file=sys.stderr, flush=True)
            shown = True
        pause = 1.0
    if shown:
        print("\x1b[K", end="", file=sys.stderr, flush=True)
