"""The three-way merge of settings, against what any merge must do."""

from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st

from tracked.settings.comparing import flat
from tracked.settings.merging import ABSENT, merge

VALUES = st.none() | st.booleans() | st.integers(0, 3) | st.lists(st.integers(0, 1), max_size=2)
SETTINGS = st.recursive(
    st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abcd"), VALUES | inner, max_size=3),
    max_leaves=8,
)


@runs(max_examples=200, deadline=None)
@given(SETTINGS, SETTINGS)
def test_what_one_side_changed_is_taken(then, other):
    for applied, now in ((then, other), (other, then), (other, other)):
        merged = merge(then, applied, now)
        assert merged.settings == other
        assert not merged.conflicts
    assert merge(then, then, other).kept == {}


@runs(max_examples=200, deadline=None)
@given(SETTINGS, SETTINGS, SETTINGS)
def test_nothing_that_was_applied_disappears_without_a_word(then, applied, now):
    merged = merge(then, applied, now)
    told = merged.kept | merged.conflicts
    mine, base, result = flat(applied), flat(then), flat(merged.settings)
    for key, value in mine.items():
        if base.get(key, ABSENT) != value and result.get(key, ABSENT) != value:
            assert any(key == known or key.startswith(f"{known}.") or known.startswith(f"{key}.") for known in told)


def test_both_changed_is_a_conflict_with_both_values():
    merged = merge({"a": {"b": 1}, "c": 1}, {"a": {"b": 2}, "c": 5}, {"a": {"b": 3}, "c": 1})
    assert merged.conflicts == {"a.b": (3, 2)}
    assert merged.kept == {"c": (1, 5)}


def test_a_choice_with_its_arguments_is_one_value():
    adam, sgd = {"_target_": "Adam", "rate": 0.01}, {"_target_": "SGD", "rate": 0.01}
    assert merge({"by": adam}, {"by": sgd}, {"by": {**adam, "rate": 0.02}}).conflicts == {
        "by": ({"_target_": "Adam", "rate": 0.02}, sgd)
    }
    assert merge({"by": adam}, {"by": sgd}, {"by": adam}).settings == {"by": sgd}


def test_a_key_that_one_side_removed_is_gone():
    assert merge({"a": 1, "b": 2}, {"a": 1, "b": 2}, {"a": 1}).settings == {"a": 1}
    assert merge({"a": 1, "b": 2}, {"a": 1}, {"a": 1, "b": 2}).kept == {"b": (2, ABSENT)}
