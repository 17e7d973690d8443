"""A description gives the commands that make a run again, in order, and what is not kept."""

import shlex
from types import SimpleNamespace

import pytest

from tracked.pages import descriptions
from tracked.secrets.uncommitted import Uncommitted


@pytest.fixture(autouse=True)
def pages(monkeypatch):
    page = SimpleNamespace(description={"make": "Makes.", "configuration": "One.", "sweep": "Many."}.get)
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
    assert clean.endswith("To reproduce:\n\n```\ngit checkout abc\ndvc repro\n```")
    assert dirty.endswith("git checkout abc\ngit apply uncommitted.diff\ndvc repro\n```")
    assert "To reproduce (the working tree had uncommitted changes, saved as `uncommitted.diff`):" in dirty


def test_a_long_command_is_broken_over_lines_and_means_the_same():
    words = ["tracked", "run", "fit", "-m", *(f"fit.setting_{n}={n},{n + 1}" for n in range(9)), "name='a b',\"it's\""]
    lines = descriptions.over_lines(shlex.join(words)).splitlines()
    assert len(lines) > 2
    assert max(map(len, lines)) <= descriptions.WIDEST + 2
    assert shlex.split(" ".join(line.removesuffix("\\") for line in lines)) == words
    assert descriptions.over_lines("dvc repro") == "dvc repro"


def test_what_is_not_kept_is_said_also_when_nothing_is():
    changes = Uncommitted(left_out=tuple(f"f{n} (large)" for n in range(12)))
    told = descriptions.description({"stage": "make", "command": "dvc repro"}, changes)
    assert "Changed but not saved: `f0 (large)`, `f1 (large)`" in told
    assert "and 2 more" in told
    assert "git apply" not in told
