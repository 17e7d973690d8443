"""A damaged journal of a search is refused, or gone on with as it was."""

import numpy as np
import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from tracked.errors import UserError
from tracked.sweeps import journal as journals
from tracked.sweeps.study import Study

SWEPT = OverridesParser.create().parse_overrides(["hidden=range(1,9)", "rate=tag(log,interval(0.001,1))"])


@pytest.fixture(scope="module")
def journal(tmp_path_factory):
    """Of a search of three trials, one failed."""
    path = tmp_path_factory.mktemp("studies") / "key.log"
    study = Study(path, SWEPT, seed=0)
    study.ask(3)
    study.tell([("a", 0.5), ("b", None), ("c", 0.25)])
    return path


def copied(journal, folder):
    for file in journal.parent.glob("key.*"):
        if not file.name.endswith(".lock"):
            (folder / file.name).write_bytes(file.read_bytes())
    return folder / journal.name


def damage(path, rng):
    content = path.read_bytes()
    at = int(rng.integers(len(content)))
    bit = bytes([content[at] ^ 1 << int(rng.integers(8))])
    path.write_bytes([content[:at], content[:at] + bit + content[at + 1 :], content[:at] + content[at + 9 :]][at % 3])


def test_a_search_goes_on_from_its_journal(journal, tmp_path):
    assert [job for _, job in Study(copied(journal, tmp_path), SWEPT, seed=0).earlier()] == ["a", "c"]


def test_what_was_appended_after_the_last_note_is_kept(journal, tmp_path):
    path = copied(journal, tmp_path)
    noted = path.with_suffix(".md5").read_bytes()
    study = Study(path, SWEPT, seed=0)
    study.ask(1)
    study.tell([("d", 0.1)])
    path.with_suffix(".md5").write_bytes(noted)  # as a kill would have left it
    assert [job for _, job in Study(path, SWEPT, seed=0).earlier()] == ["a", "c", "d"]


def test_a_damaged_journal_is_named_with_the_remedy(journal, tmp_path):
    rng, expected, refused = np.random.default_rng(0), Study(copied(journal, tmp_path), SWEPT, seed=0).earlier(), 0
    for name in ("key.log", "key.md5"):
        for i in range(30):
            (tmp_path / f"{name}{i}").mkdir()
            path = copied(journal, tmp_path / f"{name}{i}")
            damage(path.with_name(name), rng)
            try:
                found = Study(path, SWEPT, seed=0).earlier()
            except UserError as error:
                found, refused = str(error), refused + 1
            assert found in (expected, str(journals.damaged(path)))
    assert refused > 50
    for file in path.parent.glob("key.*"):  # as the line says
        file.unlink()
    assert Study(path, SWEPT, seed=0).earlier() == []


def test_a_journal_without_a_note_that_is_none_is_refused(tmp_path):
    (tmp_path / "key.log").write_text('{"op_code": 99}\nnothing\n{}\n')
    with pytest.raises(UserError, match=r"key\.log is damaged: remove .*key\.\*"):
        Study(tmp_path / "key.log", SWEPT, seed=0)
