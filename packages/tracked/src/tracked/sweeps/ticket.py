"""What a worker gets of a job besides its settings: where its run belongs, and what that says."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from hydra.core.override_parser.types import Quote, QuotedString


@dataclass(frozen=True)
class Ticket:
    """Plain, so that it reaches a job as a setting of Hydra's sweeper, whatever launches it."""

    parent: str  # the run of the sweep
    job: str  # the fingerprint; none for a stage of a job
    title: str
    command: str  # that runs the job alone
    stages: list[str]  # whose code the job runs
    code: str  # its hash
    driver: str = ""  # the process that sweeps, as tracked.store.processes names it
    source: dict[str, str] = field(default_factory=dict)  # tags that say where the code comes from: a worker has no git
    pruner: dict[str, Any] | None = None  # the settings of what ends poor jobs early, by `metric`
    titles: dict[str, str] = field(default_factory=dict)  # of the runs of its stages, if it is the whole pipeline
    metric: str = ""  # that the sweep makes small or large

    def overrides(self) -> list[str]:
        return [f"+hydra.sweeper.ticket={_quoted(json.dumps(asdict(self)))}"]

    @staticmethod
    def read(sweeper: Mapping[str, Any]) -> "Ticket":
        """The one that `overrides` gave."""
        return Ticket(**json.loads(sweeper["ticket"]))

    def below(self, run_id: str, stage: str) -> "Ticket":
        """Of a stage of a job that is the whole pipeline, whose run has this id: it is no job itself."""
        return replace(self, parent=run_id, job="", title=self.titles[stage])

    def tags(self) -> dict[str, str]:
        """Of the job's run."""
        job = {"job": self.job, "driver": self.driver} if self.job else {}
        return {**job, "command": self.command, **self.source}


def _quoted(text: str) -> str:
    """As a value that Hydra takes to the letter, interpolations included."""
    return QuotedString(text.replace("${", r"\${"), Quote.single).with_quotes()
