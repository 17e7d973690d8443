"""The settings of a run in the three forms that it needs, each made once."""

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any

from tracked.errors import UserError
from tracked.hashes import fingerprint
from tracked.project import project
from tracked.settings import defaults
from tracked.settings.validation import validate


class Settings:
    """Settings as they are written, as a stage gets them, and their fingerprint.

    Only the plain ones go from process to process: the others are of the project's own classes.
    """

    def __init__(self, plain: dict[str, Any], source: str = "settings") -> None:
        """`source` is where they come from, for the message that refuses them."""
        self.plain, self.source = plain, source

    @cached_property
    def valid(self) -> Any:
        """As a stage gets them: as the project's schema makes them. Raises UserError for what it does not allow."""
        return validate(self.plain, self.source)

    def checked(self) -> "Settings":
        """These. Raises UserError for what the schema does not allow."""
        _ = self.valid
        return self

    @cached_property
    def named(self) -> dict[str, Any]:
        """Those that differ from the schema's defaults: a fingerprint of these stays when conf/ comes to name a
        default. All of them where there is no schema, or it refuses them, which is said by who needs them valid."""
        if not project().settings:
            return self.plain
        try:
            return defaults.without(self.plain, self.valid)
        except UserError:
            return self.plain

    def of(self, sections: Collection[str]) -> dict[str, Any]:
        """Those of `named` in these sections."""
        return {section: value for section, value in self.named.items() if section in sections}

    def complete(self, others: Mapping[str, Any]) -> dict[str, Any]:
        """Other settings with the defaults that these name and they leave out."""
        return defaults.completed(others, self.plain, self.named)

    @cached_property
    def fingerprint(self) -> str:
        """The same for all settings that mean the same."""
        return fingerprint(self.named)
