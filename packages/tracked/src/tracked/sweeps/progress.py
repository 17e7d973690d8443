"""How far a sweep is: one updating line on a terminal, a few plain lines elsewhere."""

import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic, perf_counter, time

from tracked.runs.sweep_run import SECONDS_BETWEEN_BEATS, SweepRun

SECONDS_BETWEEN = 1.0  # looks at the store
SHARE = 0.05  # of the time that looks may take: a server has jobs to serve
SKEW = 1000  # ms that the clocks of the machines may differ
STATES = {"FINISHED": "done", "FAILED": "failed"}


class Progress:
    """Reads from the store how the jobs go, wherever they run: each look asks only for what ended since the last."""

    def __init__(self, sweep: SweepRun, total: int) -> None:
        self.sweep, self.total = sweep, total
        self.started, self.latest = perf_counter(), int(time() * 1000)
        self.skipped = self.refused = 0  # these have no run
        self.running = 0
        self.ended: dict[str, str] = {}  # states of jobs that were launched, by fingerprint
        self.shown = 0  # fifths
        self.over = threading.Event()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Show the line while the block runs, and how it ended."""
        watcher = threading.Thread(target=self._watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            self.over.set()
            watcher.join()
            self.look()
            self._show(over=True)

    def _watch(self) -> None:
        beat, pause = monotonic(), SECONDS_BETWEEN
        while not self.over.wait(pause):
            began = monotonic()
            self.look()
            self._show()
            pause = max(SECONDS_BETWEEN, min((monotonic() - began) / SHARE, SECONDS_BETWEEN_BEATS))
            if monotonic() - beat >= SECONDS_BETWEEN_BEATS:
                beat = monotonic()
                with suppress(Exception):
                    self.sweep.beat()

    def look(self) -> None:
        """Ask the store what became of the jobs."""
        with suppress(Exception):  # a server that is busy is asked again; who writes to it says what is wrong
            ended = self.sweep.jobs(f"attributes.end_time >= {self.latest - SKEW}")
            for run in ended:
                self.latest = max(self.latest, run.info.end_time)
                if run.info.status in STATES and "job" in run.data.tags:
                    self.ended[run.data.tags["job"]] = STATES[run.info.status]

    def _n_running(self) -> int:
        with suppress(Exception):
            self.running = len(self.sweep.jobs("attributes.status = 'RUNNING'"))
        return self.running

    def _show(self, over: bool = False) -> None:
        counts = Counter(list(self.ended.values()))  # at once: the jobs end meanwhile
        ended = counts["done"] + counts["failed"]
        left = self.total - self.skipped - self.refused - ended
        terminal = sys.stdout.isatty()
        if not (terminal or over or (left and ended * 5 // self.total > self.shown)):
            return
        text = f"{self.total} jobs: {counts['done']} done, {self._n_running()} running, {self.skipped} skipped, "
        text += f"{counts['failed'] + self.refused} failed"
        if ended and left:
            text += f", about {(perf_counter() - self.started) / ended * left:.0f} s left"
        if terminal:
            print(f"\r\x1b[K{text}", end="\n" if over else "", flush=True)
        else:
            self.shown = ended * 5 // self.total
            print(text, flush=True)
