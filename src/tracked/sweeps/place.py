"""Where the run of a job belongs, and what it says: all that a job is told besides its settings."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from hydra.core.override_parser.types import Quote, QuotedString


@dataclass(frozen=True)
class Place:
    """As a setting of Hydra's sweeper it reaches a job whatever launches it."""

    parent: str  # the run of the sweep
    job: str  # the fingerprint
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

    def tags(self) -> dict[str, str]:
        """Of the job's run."""
        return {"job": self.job, "driver": self.driver, **self.tags_below()}

    def tags_below(self) -> dict[str, str]:
        """Of the runs of its stages, if it has any."""
        return {"command": self.command, **self.source}


def _quoted(text: str) -> str:
    """As a value that Hydra takes to the letter, interpolations included."""
    return QuotedString(text.replace("${", r"\${"), Quote.single).with_quotes()
