"""Jobs by a launcher of Hydra's: in several processes, or on other machines."""

import os
from collections.abc import Sequence

from hydra.core.utils import JobReturn
from hydra.plugins.launcher import Launcher

from tracked.sweeps.combination import Combination

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
QUIET = "ignore::UserWarning:multiprocessing.resource_tracker"  # it cleans up after interrupted processes, and says so


class ByLauncher:
    """Runs jobs of a sweep."""

    def __init__(self, launcher: Launcher, shares_cores: bool, at_once: int) -> None:
        """`shares_cores`: the processes are on this machine, and share its cores by having one thread each;
        `at_once` jobs run beside each other."""
        self.launcher, self.at_once = launcher, at_once
        if shares_cores:
            os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
            os.environ.setdefault("PYTHONWARNINGS", QUIET)

    def prepare(self) -> None:
        """Nothing: a launcher starts its processes itself."""

    def __call__(self, jobs: Sequence[Combination], parent: str, first: int) -> list[str | None]:
        """Run jobs below the run `parent`, numbered from `first`; returns why each failed, if it did.

        Raises what the launcher raises: one dead process can lose what all others return.
        """
        lines = [[*job.overrides, *job.place(parent).overrides()] for job in jobs]
        return [_why(returned) for returned in self.launcher.launch(lines, initial_job_idx=first)]


def _why(returned: JobReturn) -> str | None:
    try:
        return returned.return_value
    except Exception as error:  # before the job itself began
        return f"{type(error).__name__}: {' '.join(str(error).split())}"
