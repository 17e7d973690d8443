"""The module digitrack.data.names."""

import unicodedata

import pytest

from digitrack.data.names import shown


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("Iris (cm) $x_1$ größe 数字 🙂", "Iris (cm) $x_1$ größe 数字 🙂"),
        ("no\xa0break", "no\xa0break"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),  # of a word in Persian
        ("a\nb\tc", r"a\nb\tc"),
        ("\x1b[31mred\x07", r"\x1b[31mred\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("abc\u202efed", r"abc\u202efed"),
        ("line\u2028line", r"line\u2028line"),
        ("caf\udce9", r"caf\xe9"),  # as Python gives the file's name b"caf\xe9"
        ("\ud800", r"\ud800"),
    ],
)
def test_a_name_is_shown_as_it_is_but_for_what_is_no_character_to_see(name, seen):
    assert shown(name) == seen
    assert shown(seen) == seen


def test_whatever_the_name_it_is_one_line_of_text_without_control_characters():
    for start in range(0, 0x110000, 4096):
        told = shown("".join(map(chr, range(start, start + 4096))))
        assert len(told.splitlines()) == 1
        assert told.encode().decode() == told
        assert not {unicodedata.category(character) for character in told} & {"Cc", "Cs", "Zl", "Zp"}
