"""Overrides that Hydra can't read, or reads otherwise than meant, as the value is not quoted."""

import shlex
from collections.abc import Iterable

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import ChoiceSweep, Override
from hydra.errors import HydraException

from tracked.errors import UserError


def check(overrides: Iterable[str]) -> None:
    """Raises UserError for an override that Hydra can't read, and says how to quote its value."""
    for text in overrides:
        if _parsed(text) is None and (quoted := _quoted(text)):
            raise UserError(f"{text}: Hydra can't read this value unless it is quoted: {quoted}")


def refuse_sweeps(overrides: Iterable[str]) -> None:
    """Raises UserError for several values where there is no sweep."""
    for text in overrides:
        override = _parsed(text)
        if override and override.is_sweep_override():
            one = f"; one value with a comma is quoted: {_quoted(text)}" if _is_list(override) else ""
            raise UserError(f"{text}: several values make a sweep, with -m before them{one}")


def _is_list(override: Override) -> bool:
    value = override.value()
    return isinstance(value, ChoiceSweep) and value.simple_form


def _quoted(text: str) -> str:
    """The override as it is to be typed in a shell; "" where no quotes help."""
    key, sign, value = text.partition("=")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    new = f'{key}{sign}"{escaped}"'
    return shlex.quote(new) if sign and _parsed(new) else ""


def _parsed(text: str) -> Override | None:
    try:
        return OverridesParser.create().parse_override(text)
    except HydraException:
        return None
