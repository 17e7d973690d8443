"""What people are told in one line: without secrets, without line breaks, and no longer than it bears."""

from math import isfinite
from typing import Any

from tracked.secrets.masking import masked

LONGEST = 2000  # characters of a message: it may repeat what the user wrote
LONGEST_VALUE = 80  # and of a value in it


def one_line(text: object, longest: int = LONGEST) -> str:
    """A text, or the message of an exception, in one line without the secrets in it."""
    words = " ".join(masked(str(text)).split())
    plain = words if words.isprintable() else "".join(map(_escaped, words))  # a database takes no half of a character
    return short(plain, longest)


def short(text: str, longest: int = LONGEST_VALUE) -> str:
    """A text, or its beginning."""
    return text if len(text) <= longest else f"{text[:longest]}..."


def shown(value: Any) -> str:
    """A value as the user wrote it, or its beginning."""
    try:
        return short(repr(value))
    except (ValueError, RecursionError):  # Python writes no integer of more than 4300 digits
        return "this value"


def number(value: float, sign: str = "") -> str:
    """A metric with four decimals, or where these would say nothing or too much, by its size: 3.210e-06, 40873.0."""
    size = abs(value)
    digits = ".4f" if size == 0 or 5e-4 <= size < 1000 or not isfinite(size) else ".1f" if 1000 <= size < 1e9 else ".3e"
    return f"{value:{sign}{digits}}"


def _escaped(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode()
