"""A description gives the commands that make a run again, in order, and what is not kept."""

from types import SimpleNamespace

import pytest

from tracked.runs import descriptions
from tracked.runs.uncommitted import Uncommitted


@pytest.fixture(autouse=True)
def pages(monkeypatch):
    page = SimpleNamespace(about={"make": "Makes.", "configuration": "One.", "sweep": "Many."}.get)
    monkeypatch.setattr(descriptions, "project", lambda: SimpleNamespace(page=page))


def test_it_begins_with_what_the_run_is():
    told = {
        descriptions.description(tags, Uncommitted())
        for tags in ({"stage": "make"}, {"sweep": "1"}, {"configuration": "1"})
    }
    assert told == {"Makes.", "Many.", "One."}


def test_the_commands_are_in_order():
    tags = {"stage": "make", "git_commit": "abc", "command": "dvc repro"}
    clean, dirty = (descriptions.description(tags, changes) for changes in (Uncommitted(), Uncommitted(b"diff")))
    assert clean.endswith("To make it again:\n\n```\ngit checkout abc\ndvc repro\n```")
    assert dirty.endswith("git checkout abc\ngit apply uncommitted.diff\ndvc repro\n```")
    assert "`uncommitted.diff` among the artifacts" in dirty


def test_what_is_not_kept_is_said_also_when_nothing_is():
    changes = Uncommitted(left_out=tuple(f"f{n} (large)" for n in range(12)))
    told = descriptions.description({"stage": "make", "command": "dvc repro"}, changes)
    assert "Changed but not kept: `f0 (large)`, `f1 (large)`" in told
    assert "and 2 more" in told
    assert "git apply" not in told
