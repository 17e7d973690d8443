"""Make names of classes and features safe to print and to write: data may name them with any characters."""

import unicodedata

JOINERS = "\u200c\u200d"  # invisible, but parts of words in Persian, and of emoji


def shown(name: str) -> str:
    """Return the name in one line that no terminal obeys.

    Control characters, marks that change the direction of text, and bytes that are not text become escapes.
    """
    return "".join(character if _is_visible(character) else _escaped(character) for character in name)


def as_text(name: str) -> str:
    """Return the name as text that can be encoded: bytes in it that are not text become escapes."""
    return "".join(_escaped(character) if unicodedata.category(character) == "Cs" else character for character in name)


def _is_visible(character: str) -> bool:
    return character.isprintable() or unicodedata.category(character) == "Zs" or character in JOINERS


def _escaped(character: str) -> str:
    byte = ord(character) - 0xDC00  # in a file's name, Python has U+DC80 to U+DCFF for bytes that are not text
    if 0x80 <= byte <= 0xFF:
        return f"\\x{byte:02x}"
    return character.encode("unicode_escape").decode()
