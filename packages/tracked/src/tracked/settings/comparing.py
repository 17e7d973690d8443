"""What two settings share, and where they differ."""

from collections.abc import Iterator, Mapping
from typing import Any


def flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Settings by dotted key."""
    out: dict[str, Any] = {}
    for key, value in settings.items():
        out.update(flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": value})
    return out


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """The values in a value by dotted key, those in lists by their place."""
    if isinstance(value, (dict, list)):
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, f"{key}.{name}" if key else str(name))
    else:
        yield key, value


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """The keys whose value differs, with both values."""
    a, b = flat(old), flat(new)
    keys = [key for key in sorted(a | b) if a.get(key) != b.get(key)]
    return ", ".join(f"{key}: {a.get(key)} -> {b.get(key)}" for key in keys)
