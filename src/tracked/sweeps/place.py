"""Where the run of a job belongs, and what it says: all that a job is told besides its settings."""

from dataclasses import asdict, dataclass

from hydra.core.override_parser.types import Quote, QuotedString
from omegaconf import DictConfig


@dataclass(frozen=True)
class Place:
    """As settings of Hydra's sweeper it reaches a job whatever launches it."""

    parent: str  # the run of the sweep
    job: str  # the fingerprint
    title: str
    command: str  # that runs the job alone

    def overrides(self) -> list[str]:
        return [f"+hydra.sweeper.{key}={_quoted(text)}" for key, text in asdict(self).items()]

    @staticmethod
    def of(sweeper: DictConfig) -> "Place":
        return Place(sweeper.parent, sweeper.job, sweeper.title, sweeper.command)

    def tags(self) -> dict[str, str]:
        return {"job": self.job, "command": self.command}


def _quoted(text: str) -> str:
    """As a value that Hydra takes to the letter, interpolations included."""
    return QuotedString(text.replace("${", r"\${"), Quote.single).with_quotes()
