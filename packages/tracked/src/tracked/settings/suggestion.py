"""The setting that a misspelt one was meant to be."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, get_args, get_type_hints


def meant(key: str, known: Iterable[str]) -> str:
    """A question for the keys that a user may have meant: "did you mean a.b or c.b?"; "" if none is like this one.

    Of one without a section those of the same name in any come first, then those in its own section.
    """
    section, dot, name = key.rpartition(".")
    keys = list(known)
    beside = {one.removeprefix(section + dot): one for one in keys if one.startswith(section + dot)}
    found = [one for one in keys if not section and one.rpartition(".")[2] == name]
    found = found or [beside[one] for one in get_close_matches(name, beside, n=1)]
    found = found or get_close_matches(key, keys, n=1, cutoff=0.8)
    return f"did you mean {' or '.join(found)}?" if found else ""


def keys(settings: Mapping[str, Any], prefix: str = "") -> list[str]:
    """All keys of settings, dotted, those of sections included."""
    found = []
    for key, value in settings.items():
        found.append(f"{prefix}{key}")
        if isinstance(value, Mapping):
            found += keys(value, f"{prefix}{key}.")
    return found


def fields(schema: Any, place: Sequence[str]) -> list[str]:
    """The names that a section of a schema of dataclasses has; none where the place leads to no such section."""
    for part in place:
        if not dataclasses.is_dataclass(schema):
            return []
        hint = get_type_hints(schema).get(part)
        schema = next((kind for kind in (hint, *get_args(hint)) if dataclasses.is_dataclass(kind)), None)
    return [field.name for field in dataclasses.fields(schema)] if dataclasses.is_dataclass(schema) else []
