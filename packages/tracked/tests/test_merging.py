"""The three-way merge of settings, against what any merge must do."""

import yaml
from hydra import compose, initialize_config_dir
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st
from omegaconf import OmegaConf

from tracked.dvc import composing
from tracked.dvc.merging import ABSENT, at, merge, overrides
from tracked.settings.comparing import flat

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
    assert merge(then, then, other).applied == {}


@runs(max_examples=200, deadline=None)
@given(SETTINGS, SETTINGS, SETTINGS)
def test_nothing_that_was_applied_disappears_without_a_word(then, applied, now):
    merged = merge(then, applied, now)
    told = merged.applied | merged.conflicts
    mine, base, result = flat(applied), flat(then), flat(merged.settings)
    for key, value in mine.items():
        if base.get(key, ABSENT) != value and result.get(key, ABSENT) != value:
            assert any(key == known or key.startswith(f"{known}.") or known.startswith(f"{key}.") for known in told)


def test_both_changed_is_a_conflict_with_both_values():
    merged = merge({"a": {"b": 1}, "c": 1}, {"a": {"b": 2}, "c": 5}, {"a": {"b": 3}, "c": 1})
    assert merged.conflicts == {"a.b": (3, 2)}
    assert merged.applied == {"c": (1, 5)}


def test_a_choice_with_its_arguments_is_one_value():
    adam, sgd = {"_target_": "Adam", "rate": 0.01}, {"_target_": "SGD", "rate": 0.01}
    assert merge({"by": adam}, {"by": sgd}, {"by": {**adam, "rate": 0.02}}).conflicts == {
        "by": ({"_target_": "Adam", "rate": 0.02}, sgd)
    }
    assert merge({"by": adam}, {"by": sgd}, {"by": adam}).settings == {"by": sgd}


def test_a_key_that_one_side_removed_is_gone():
    assert merge({"a": 1, "b": 2}, {"a": 1, "b": 2}, {"a": 1}).settings == {"a": 1}
    assert merge({"a": 1, "b": 2}, {"a": 1}, {"a": 1, "b": 2}).applied == {"b": (2, ABSENT)}


VALUES_IN_TEXT = (
    None,
    True,
    5,
    -1.5,
    "adam",
    "null",
    "two words",
    "it's",
    "a.b:c/d",
    "",
    [1, None, "x y"],
    "1e-3",
    "a=b",
)


def test_overrides_have_hydra_compose_the_value(tmp_path):
    said = {"kept": 1, "gone": 2, "by": {"_target_": "Adam", "rate": 0.1, "beta": 0.5}}
    value = {"kept": 1, "by": {"_target_": "SGD", "rate": 0.1, "more": {"deep": 2}}}
    value |= {f"new{number}": text for number, text in enumerate(VALUES_IN_TEXT)}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump({"own": said, "other": 3}))
    with initialize_config_dir(str(tmp_path), version_base=None):
        composed = compose("config", overrides=overrides("own", said, value))
    assert OmegaConf.to_container(composed) == {"own": value, "other": 3}


def test_an_absent_value_is_taken_away_or_added():
    assert overrides("a.b", ABSENT, 5) == ["+a.b=5"]
    assert overrides("a.b", 5, ABSENT) == ["~a.b"]
    assert at({"a": {"b": 5}}, "a.b") == 5
    assert at({"a": 5}, "a.b") == at({}, "a") == ABSENT


def test_of_what_dvc_exp_run_replaces_only_what_it_lost_is_told_with_the_words_that_keep_it(capsys):
    adam, sgd = {"_target_": "Adam", "rate": 0.1}, {"_target_": "SGD", "rate": 0.1, "momentum": 0.5}
    conf, ran = {"fit": {"by": adam, "n": 1}}, {"fit": {"by": sgd, "n": 1, "early": 5}}
    composing._tell_lost(conf, ran, {"fit": {"by": sgd, "n": 1, "early": 5}}, conf)
    composing._tell_lost(conf, ran, {"fit": {"by": {"_target_": "RMSprop"}, "n": 1, "early": 6}}, conf)
    assert capsys.readouterr().err == ""
    composing._tell_lost(conf, ran, conf, conf)
    choice, early = capsys.readouterr().err.splitlines()
    assert choice.endswith("to keep it, give -S fit.by._target_=SGD -S +fit.by.momentum=0.5")
    assert early.startswith("compose: fit.early: 5 -> (absent) (conf/); to keep it, give -S +fit.early=5")
