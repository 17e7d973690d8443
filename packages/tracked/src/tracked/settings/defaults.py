"""Settings that have the default of the project's schema: to name one and to leave it out is the same."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any


def without(settings: Any, valid: Any) -> Any:
    """Settings, or a part of them, without what has its default; `valid` is what the schema made of it."""
    if isinstance(settings, Mapping):
        if isinstance(valid, Mapping):
            return {key: without(value, valid.get(key)) for key, value in settings.items()}
        defaults = dict(_defaults(valid))
        return {
            key: without(value, getattr(valid, key, None))
            for key, value in settings.items()
            if key not in defaults or not any(_same(one, defaults[key]) for one in (value, getattr(valid, key)))
        }
    if isinstance(settings, list) and isinstance(valid, list | tuple) and len(settings) == len(valid):
        return [without(*pair) for pair in zip(settings, valid, strict=True)]
    return settings


def completed(settings: Mapping[str, Any], named: Mapping[str, Any], rest: Mapping[str, Any]) -> dict[str, Any]:
    """Settings with the defaults that `named` has and they leave out; `rest` is `named` without its defaults."""
    found = dict(settings)
    for key, value in named.items():
        if key not in rest:
            found.setdefault(key, value)
        elif isinstance(value, Mapping) and isinstance(own := found.get(key), Mapping):
            found[key] = completed(own, value, rest[key])
    return found


def _defaults(valid: Any) -> Iterator[tuple[str, Any]]:
    """The fields of a section that have a default, with it."""
    if known := getattr(valid, "__pydantic_fields__", None):
        for name, field in known.items():
            if not field.is_required():
                yield name, field.get_default(call_default_factory=True, validated_data=vars(valid))
    elif is_dataclass(valid):
        for plain in fields(valid):
            if plain.default_factory is not MISSING:
                yield plain.name, plain.default_factory()
            elif plain.default is not MISSING:
                yield plain.name, plain.default


def _same(value: Any, default: Any) -> bool:
    """Whether they are equal; 1 and true are not."""
    return isinstance(value, bool) == isinstance(default, bool) and value == default
