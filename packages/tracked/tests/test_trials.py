"""The list of a search's trials, as tags of a run."""

import json

import pytest

from tracked.sweeps.trials import LONGEST, Trial, read, written


def trials(n, length=10):
    return [
        Trial({"a.b": "ü" * length, "c": str(i)}, f"job{i}", "PRUNED" if i % 2 else "COMPLETE", i) for i in range(n)
    ]


@pytest.mark.parametrize(("n", "length"), [(0, 1), (1, 1), (7, 10), (100, 30), (3, 20_000)])
def test_what_is_written_is_read(n, length):
    listed = trials(n, length)
    tags = written(listed)
    assert read({**tags, "other": "tag"}) == listed
    assert all(len(text) <= LONGEST for text in tags.values())
    assert [one["number"] for one in json.loads("".join(tags.values()))] == list(range(n))


def test_a_list_that_has_become_shorter_is_read_too():
    before = written(trials(300, 100))
    assert read({**before, **written(trials(20))}) == trials(20)


@pytest.mark.parametrize(
    "text", ["", "[", "{}", "7", '[{"number": 0}]', "[3]", "nothing", '[{"values": {}, "new": 1}]']
)
def test_what_is_no_list_of_trials_lists_none(text):
    assert read({"trials.0": text} if text else {}) == []
