"""How far a sweep is, for the terminal."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic, time

from tracked.runs import PRUNED_AT
from tracked.runs.sweep_run import SECONDS_BETWEEN_BEATS, SweepRun
from tracked.stages import lines
from tracked.store.store import Run
from tracked.sweeps.job import State

SECONDS_BETWEEN = 1.0  # looks at the store
SECONDS_BETWEEN_LINES = 30.0  # where there is no terminal
SHARE = 0.05  # of the time that looks may take: a server has jobs to serve
SKEW = 1000  # ms that the clocks of the machines may differ


class Progress:
    """Reads from the store how the jobs go, wherever they run: each look asks only for what ended since the last."""

    def __init__(self, sweep: SweepRun, total: int) -> None:
        self.sweep, self.total = sweep, total
        self.latest = int(time() * 1000)
        self.skipped = self.refused = 0  # these have no run
        self.launched = False
        self.running = 0
        self.ended: dict[str, State] = {}  # states of jobs that were launched, by fingerprint
        self.first_start = self.last_end = 0.0  # of these, in seconds since 1970
        self.tenths, self.told = -1, monotonic()
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
            lines.show(self._text(over=True), over=True)

    def finished(self) -> int:
        """How many jobs need not run again."""
        return self.skipped + sum(state != "failed" for state in list(self.ended.values()))

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
                if (state := _state(run)) and "job" in run.data.tags:
                    self.ended[run.data.tags["job"]] = state
                    start, end = run.info.start_time / 1000, run.info.end_time / 1000
                    self.first_start, self.last_end = min(self.first_start or start, start), max(self.last_end, end)

    def _n_running(self) -> int:
        with suppress(Exception):
            self.running = len(self.sweep.jobs("attributes.status = 'RUNNING'"))
        return self.running

    def _show(self) -> None:
        """Show the line: elsewhere than on a terminal at each tenth of the jobs, and when it was silent for long."""
        tenths = 10 * (self.skipped + self.refused + len(self.ended)) // max(1, self.total)
        silent = monotonic() - self.told >= SECONDS_BETWEEN_LINES
        if lines.on_terminal() or tenths > self.tenths or silent:
            self.tenths, self.told = tenths, monotonic()
            lines.show(self._text())

    def _text(self, over: bool = False) -> str:
        counts = Counter(list(self.ended.values()))  # at once: the jobs end meanwhile
        left, running = self.total - self.skipped - self.refused - counts.total(), self._n_running()
        text = f"{self.total} jobs: {counts['done']} done, {running} running, "
        text += "" if over else f"{left} left, "
        text += f"{self.skipped} skipped, {counts['failed'] + self.refused} failed"
        text += f", {counts['ended early']} ended early" if counts["ended early"] else ""
        if over:
            return text
        if counts.total() and left:
            return f"{text}, {self._time_left(counts.total(), left)}"
        return f"{text}, starting" if self.launched and left and not running else text

    def _time_left(self, ended: int, left: int) -> str:
        """By how many jobs have ended in how long, until the last of them did: so it counts down while others run."""
        seconds = self.last_end + (self.last_end - self.first_start) / ended * left - time()
        return f"about {seconds:.0f} s to go" if seconds >= 1 else "a moment to go"


def _state(run: Run) -> State | None:
    """What became of a job; None if it was killed, and may be run again."""
    if run.info.status == "KILLED":
        return "ended early" if PRUNED_AT in run.data.tags else None
    states: dict[str, State] = {"FINISHED": "done", "FAILED": "failed"}
    return states.get(run.info.status)
