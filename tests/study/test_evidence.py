"""Evidence is found out once for its settings and code."""

import pytest

from study import __main__ as command
from study import evidence
from study.chance import grouped, mean_curve, summary
from study.places import PAGE
from tracked import UserError


class Counted:
    """Evidence that counts how often it was sought."""

    name, title, command = "practical/counted, train_numpy", "", ""

    def __init__(self, key="a"):
        self.key, self.runs = key, 0

    def run(self):
        self.runs += 1
        return {"found": self.runs}


@pytest.fixture(autouse=True)
def _cache_elsewhere(tmp_path, monkeypatch):
    monkeypatch.setattr(evidence, "CACHE", tmp_path)


def test_what_was_found_is_known_until_its_key_changes():
    sought = Counted()
    assert evidence.known(sought) is None
    assert evidence.found(sought) == {"found": 1} == evidence.known(sought)
    sought.key = "b"
    assert evidence.known(sought) is None


def test_nothing_is_kept_of_evidence_that_fails(tmp_path):
    class Failing(Counted):
        def run(self):
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        evidence.found(Failing())
    assert list(tmp_path.iterdir()) == []


def test_one_name_runs_alone_says_how_long_and_writes_no_page(monkeypatch, capsys):
    sought, other = Counted(), Counted()
    sought.name, sought.title, other.name = "counted", "practical/counted", "other"
    own = {"q01_scaling": {"a": sought}, "q02_one_hot": {"b": other}}
    monkeypatch.setattr(command, "NAMES", tuple(own))
    monkeypatch.setattr(command, "question", lambda name: type("Module", (), {"EVIDENCE": own[name]}))
    before = PAGE.stat().st_mtime_ns
    for name in ("counted", "practical/counted", "q01_scaling"):
        command.main([name])
    assert (sought.runs, other.runs) == (3, 0)
    assert PAGE.stat().st_mtime_ns == before
    assert "[1/1] counted: 0 s\n" in capsys.readouterr().err
    with pytest.raises(UserError, match=r"no experiment, sweep or question is called 'wrong', only: .*counted"):
        command.main(["counted", "wrong"])
    assert sought.runs == 3


def test_a_summary_holds_the_mean_in_its_interval_and_its_extremes():
    found = summary([1.0, 2.0, 4.0, 3.0])
    assert found["min"] == 1 < found["mean"] == 2.5 < found["max"] == 4
    assert found["mean"] - found["low"] == pytest.approx(3.182 * 1.291 / 2, rel=1e-3)  # Student's t times s over root n
    assert summary([2.0])["low"] == summary([2.0])["high"] == 2.0


def test_rows_are_grouped_by_a_value_among_those_that_have_others():
    table = {"rate": [0.1, 0.1, 1.0, 0.1], "batch": [1, 1, 1, 32], "loss": [2.0, 4.0, 5.0, 9.0]}
    found = grouped(table, "rate", "loss", batch=1)
    assert {value: (group["mean"], group["n"]) for value, group in found.items()} == {"0.1": (3.0, 2), "1.0": (5.0, 1)}


def test_a_mean_curve_ends_with_the_shortest():
    table = {"seed": [0, 1, 2], "net": ["a", "a", "b"], "loss by epoch": [[3.0, 1.0], [5.0], [7.0, 7.0]]}
    assert mean_curve(table, "loss", net="a") == [4.0]
