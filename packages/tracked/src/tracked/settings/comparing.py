"""What two settings share, and where they differ."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Settings by dotted key."""
    out: dict[str, Any] = {}
    for key, value in settings.items():
        out.update(flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": value})
    return out


def common(settings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What several settings share, sections within sections."""
    first, *others = settings
    found: dict[str, Any] = {}
    for key, value in first.items():
        if not all(key in one for one in others):
            continue
        beside = [one[key] for one in others]
        if isinstance(value, Mapping) and all(isinstance(one, Mapping) for one in beside):
            found |= {key: below} if (below := common([value, *beside])) else {}
        elif all(one == value and type(one) is type(value) for one in beside):
            found[key] = value
    return found


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
