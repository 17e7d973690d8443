"""Settings against the project's schema."""

from typing import Any

from omegaconf import OmegaConf
from pydantic import TypeAdapter, ValidationError

from tracked.errors import UserError
from tracked.messages import short, shown
from tracked.project import project, resolved
from tracked.settings import suggestion

MOST = 10  # mistakes that one line shows


def validate(settings: dict[str, Any], source: str) -> Any:
    """The settings as the project's dataclasses; without a schema, as they are, read-only, by attributes.

    `source` is where they come from, for the message. Raises UserError, which names the keys that
    are wrong, their values and what is allowed.
    """
    if not (schema := project().settings):
        return OmegaConf.create(settings, flags={"readonly": True, "struct": True})
    try:
        return TypeAdapter(resolved(schema)).validate_python(settings)
    except ValidationError as error:
        wrong = error.errors()
        rest = f"; and {len(wrong) - MOST} more" if len(wrong) > MOST else ""
        told = "; ".join(_explain(one, resolved(schema)) for one in wrong[:MOST])
        raise UserError(f"{source}: {told}{rest}") from None


def _explain(error: Any, schema: Any) -> str:
    # The schema names the choices of a union <so>, which are no part of a key.
    place = [str(part) for part in error["loc"] if not str(part).startswith("<")]
    key = ".".join(map(short, place))
    if error["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        meant = suggestion.meant(place[-1], suggestion.fields(schema, place[:-1]))
        return f"{key}: there is no such setting; {meant}".rstrip("; ")
    if error["type"].startswith("missing"):
        return f"{key}: this setting is missing"
    if error["type"] in ("dataclass_type", "dict_type"):
        return f"{key}: {shown(error['input'])} is not allowed: it must be a section of `key: value` lines"
    if error["type"] == "list_type":
        return f"{key}: {shown(error['input'])} is not allowed: it must be a list, as in [28,28]"
    message = error["msg"].removeprefix("List ").removeprefix("Value error, ").removeprefix("Input ")
    if error["type"] == "value_error":
        return f"{key}: {message}"
    told = message.replace("should ", "is not allowed: it must ").replace(" after validation", "")
    return f"{key}: {shown(error['input'])} {told}"
