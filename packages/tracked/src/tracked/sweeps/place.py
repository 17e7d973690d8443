"""Where the run of a job belongs, and what it says: all that a job gets besides its settings."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from hydra.core.override_parser.types import Quote, QuotedString


@dataclass(frozen=True)
class Place:
    """As a setting of Hydra's sweeper it reaches a job whatever launches it."""

    parent: str  # the run of the sweep
    job: str  # the fingerprint; none for a stage of a job
    title: str
    command: str  # that runs the job alone
    stages: list[str]  # whose code the job runs
    code: str  # its hash
    driver: str = ""  # the process that sweeps, as tracked.runs.processes names it
    source: dict[str, str] = field(default_factory=dict)  # tags that say where the code comes from: a worker has no git

    def overrides(self) -> list[str]:
        return [f"+hydra.sweeper.place={_quoted(json.dumps(asdict(self)))}"]

    @staticmethod
    def of(sweeper: Mapping[str, Any]) -> "Place":
        return Place(**json.loads(sweeper["place"]))

    def below(self, run_id: str, stage: str) -> "Place":
        """Of a stage of a job that is the whole pipeline, whose run has this id: it is no job itself."""
        return replace(self, parent=run_id, job="", title=f"{stage}, {self.title}")

    def tags(self) -> dict[str, str]:
        """Of the run that belongs here."""
        job = {"job": self.job, "driver": self.driver} if self.job else {}
        return {**job, "command": self.command, **self.source}


def _quoted(text: str) -> str:
    """As a value that Hydra takes to the letter, interpolations included."""
    return QuotedString(text.replace("${", r"\${"), Quote.single).with_quotes()
