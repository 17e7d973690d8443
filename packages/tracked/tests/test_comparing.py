"""What two settings share, and where they differ."""

from tracked.hashes import fingerprint
from tracked.settings.comparing import changes


def test_the_fingerprint_ignores_the_order_of_keys():
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})


def test_changes_name_the_keys_on_both_sides():
    assert changes({"a": {"b": 1}, "c": 2}, {"a": {"b": 3}, "c": 2}) == "a.b: 1 -> 3"
    assert changes({"a": 1}, {}) == "a: 1 -> None"
