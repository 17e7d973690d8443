"""What a wait shows at a terminal, and that nothing of it is left."""

import sys
from time import sleep

import pytest

from tracked.waiting import AT_FIRST, waiting


def test_what_takes_seconds_is_counted_at_a_terminal_and_leaves_no_trace(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with waiting("Loading it"), waiting("a part of it"):  # one line is enough
        sleep(2 * AT_FIRST)
    assert capsys.readouterr().err == "\r\x1b[KLoading it ... 0 s\r\x1b[K"


@pytest.mark.parametrize(("terminal", "seconds"), [(False, 2 * AT_FIRST), (True, 0)])
def test_nothing_is_said_of_what_is_quick_or_elsewhere_than_at_a_terminal(monkeypatch, capsys, terminal, seconds):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)
    with waiting("Loading it"):
        sleep(seconds)
    assert capsys.readouterr().err == ""
