"""A description gives the commands that make a run again, in order."""

from types import SimpleNamespace

import pytest

from tracked.runs import descriptions


@pytest.fixture(autouse=True)
def pages(monkeypatch):
    page = SimpleNamespace(ABOUT={"make": "Makes.", "configuration": "One.", "sweep": "Many."})
    monkeypatch.setattr(descriptions, "project", lambda: SimpleNamespace(page=page))


def test_it_begins_with_what_the_run_is():
    told = {
        descriptions.description(tags, False) for tags in ({"stage": "make"}, {"sweep": "1"}, {"configuration": "1"})
    }
    assert told == {"Makes.", "Many.", "One."}


def test_the_commands_are_in_order():
    tags = {"stage": "make", "git_commit": "abc", "command": "dvc repro"}
    clean, dirty = (descriptions.description(tags, uncommitted) for uncommitted in (False, True))
    assert clean.endswith("To make it again:\n\n```\ngit checkout abc\ndvc repro\n```")
    assert dirty.endswith("git checkout abc\ngit apply uncommitted.diff\ndvc repro\n```")
    assert "`uncommitted.diff` among the artifacts" in dirty
