"""Jobs one after the other in this process, instead of by Hydra's basic launcher, which composes each once more."""

from collections.abc import Callable, Sequence

from tracked.sweeps import trainer
from tracked.sweeps.combination import Combination
from tracked.sweeps.job import run_here
from tracked.sweeps.plan import Plan


class InProcess:
    """Runs jobs of a sweep."""

    def __init__(self, plan: Plan, folder: Callable[[Combination, int], str]) -> None:
        """`folder` names the folder of a job, of which it gets the number, below the sweep's."""
        self.plan, self.folder = plan, folder

    def at_once(self) -> int:
        """How many jobs run at the same time."""
        return 1

    def prepare(self) -> None:
        """Have the process of the trainings import what they need, while the store is asked for other jobs."""
        trainer.start(self.plan.stages)

    def __call__(self, jobs: Sequence[Combination], parent: str, first: int) -> list[str | None]:
        """Run jobs below the run `parent`, numbered from `first`; returns why each failed, if it did."""
        return [
            run_here(
                self.plan.name, job.settings, self.plan.folder / self.folder(job, number), job.place(self.plan, parent)
            )
            for number, job in enumerate(jobs, first)
        ]
