"""Whether what a stage, or a sweep's job, reads stayed as it was while it ran.

DVC hashes code, settings and inputs when a stage has ended. What was edited or checked out meanwhile would count as
what the outputs were made of, and nothing would run again.
"""

from pathlib import Path

from tracked.dvc import declared
from tracked.dvc.params import load
from tracked.errors import UserError

PARAMS = Path("params.yaml")


class Seen:
    """What a stage reads, as it is now."""

    def __init__(self, stage: str) -> None:
        self.stage, self.before = stage, _now(stage)

    def check(self) -> None:
        """Raises UserError, which names the file, when something is not as it was."""
        now = _now(self.stage)
        if changed := sorted(
            name for name in now.keys() | self.before.keys() if now.get(name) != self.before.get(name)
        ):
            raise UserError(f"{changed[0]} changed while {self.stage} ran, which may have used either: run it again")


def same_code(stages: list[str], code: str) -> None:
    """Raises UserError when the code of a sweep's job is not what it was when the sweep began, by its hash.

    A worker imports it when it starts, which may be at any time of the sweep.
    """
    if declared.code(stages) != code:
        raise UserError("the code was edited while the sweep ran, and the job may have used either: sweep again")


def _now(stage: str) -> dict[str, object]:
    """The hashes of the files that dvc.yaml declares, and the settings."""
    sections = declared.sections([stage])
    settings = load(PARAMS) if sections else {}
    return declared.hashes([stage]) | {f"{section} in {PARAMS}": settings.get(section) for section in sections}
