"""Settings against the project's schema."""

from typing import Any

from pydantic import TypeAdapter, ValidationError

from tracked.errors import UserError
from tracked.project import project


def validate(settings: dict[str, Any], source: str) -> Any:
    """The settings as the project's dataclasses.

    `source` is where they come from, for the message. Raises UserError, which names every key that
    is wrong, its value and what is allowed.
    """
    try:
        return TypeAdapter(project().schema).validate_python(settings)
    except ValidationError as error:
        raise UserError(f"{source}: " + "; ".join(map(_explain, error.errors()))) from None


def _explain(error: Any) -> str:
    key = ".".join(map(str, error["loc"]))
    if error["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        return f"{key}: there is no such setting"
    if error["type"].startswith("missing"):
        return f"{key}: this setting is missing"
    message = error["msg"].removeprefix("Value error, ").removeprefix("Input ")
    if error["type"] == "value_error":
        return f"{key}: {message}"
    return f"{key}: {error['input']!r} {message}".replace(" should be ", " is not allowed: it must be ")
