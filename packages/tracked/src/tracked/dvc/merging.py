"""Settings merged three ways, as git merges lines: what conf/ said then, what was applied, what conf/ says now."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tracked.settings.comparing import flat

ABSENT = "(absent)"  # what is shown where a key is not there
PLAIN = re.compile(
    r"(?!(?:null|true|false|nan|inf)$)[a-z_][\w./:-]*", re.IGNORECASE
)  # texts that Hydra takes without quotes
CHOICE = "_target_"  # marks a section that is one value: an optimizer with another's arguments would be none

Keys = tuple[str, ...]


@dataclass
class Merged:
    """The settings, and by dotted key what only `applied` has changed, and where both sides have."""

    settings: dict[str, Any]
    applied: dict[str, tuple[Any, Any]] = field(default_factory=dict)  # what conf/ says now, what was applied
    conflicts: dict[str, tuple[Any, Any]] = field(default_factory=dict)  # the same


def merge(then: Mapping[str, Any], applied: Mapping[str, Any], now: Mapping[str, Any]) -> Merged:
    """Take what only conf/ changed since `then`, keep what only `applied` changed. The order is that of `now`.

    Where both changed, and not to the same, the result has what was applied, and `conflicts` says so.
    """
    merged = Merged({})
    merged.settings = _section((), then, applied, now, merged)
    return merged


def _section(path: Keys, then: Any, applied: Any, now: Any, merged: Merged) -> dict[str, Any]:
    made = {}
    for key in dict.fromkeys([*now, *applied]):
        old, mine, new = (side.get(key, ABSENT) for side in (then, applied, now))
        here = (*path, key)
        if _are_sections(mine, new):
            made[key] = _section(here, old if _are_sections(old) else {}, mine, new, merged)
            continue
        value = new if mine in (old, new) else mine
        if value is not new and value != new:
            (merged.applied if new == old else merged.conflicts)[".".join(here)] = (new, mine)
        if value != ABSENT:
            made[key] = value
    return made


def _are_sections(*values: Any) -> bool:
    return all(isinstance(value, Mapping) and CHOICE not in value for value in values)


def at(settings: Mapping[str, Any], key: str) -> Any:
    """What settings have at a dotted key: a value, a section or ABSENT."""
    found: Any = settings
    for name in key.split("."):
        found = found.get(name, ABSENT) if isinstance(found, Mapping) else ABSENT
    return found


def overrides(key: str, said: Any, value: Any) -> list[str]:
    """What has Hydra take a value in place of conf/'s, one setting each: it merges a section into what is there."""
    old, new = (flat({key: side}) if side != ABSENT else {} for side in (said, value))
    changed = {name: one for name, one in new.items() if name not in old or old[name] != one}
    given = [f"{'' if name in old else '+'}{name}={_written(one)}" for name, one in changed.items()]
    return [f"~{name}" for name in old if name not in new] + given


def _written(value: Any) -> str:
    """A value as Hydra reads it on a command line."""
    if isinstance(value, str):
        return value if PLAIN.fullmatch(value) else "'" + value.replace("'", "\\'") + "'"
    if isinstance(value, list):
        return f"[{','.join(map(_written, value))}]"
    if isinstance(value, Mapping):
        return f"{{{','.join(f'{name}:{_written(one)}' for name, one in value.items())}}}"
    return json.dumps(value).replace("Infinity", "inf")
