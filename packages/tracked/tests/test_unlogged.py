"""What is kept until the store is back: damaged, or leading elsewhere, it is said in one line and stops nothing."""

import json

import numpy as np
import pytest

from tracked.runs import kept_outcome, unlogged

WHOLE = {
    "figures": {}, "params": {}, "about": {}, "files": [], "model": None, "data": None, "datasets": {}, "images": {},
    "served": None,
}  # fmt: skip


def keep(root, run_id, record):
    (unlogged.shelf(root) / run_id).mkdir(parents=True)
    (unlogged.shelf(root) / run_id / unlogged.RECORD).write_text(record)


def test_a_damaged_record_is_said_and_the_others_are_found(tmp_path, capsys):
    for number, record in enumerate(['{"ended": 2}', '{"ended": 1}', '{"ended"', "[]", "{}", '{"ended": "x"}', "7"]):
        keep(tmp_path, str(number), record)
    assert [folder.name for folder, _ in unlogged.records(tmp_path)] == ["1", "0"]
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 5
    assert all("is damaged, and its run can't be logged: remove " in line for line in said)


def test_in_a_repository_that_was_moved_nothing_is_kept(tmp_path):
    with pytest.raises(FileNotFoundError, match="is gone"):
        unlogged.begin(tmp_path / "moved", "1")
    assert not (tmp_path / "moved").exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"files": ["../secret"]},
        {"files": ["/etc/hostname"]},
        {"files": ["link"]},
        {"model": "../secret"},
        {"served": {"load": "os:system", "files": {}, "example": "0", "outputs": "0", "requirements": []}},
    ],
    ids=json.dumps,
)
def test_a_kept_outcome_uploads_nothing_from_elsewhere_and_names_no_other_code(tmp_path, changed):
    folder = tmp_path / "run"
    folder.mkdir()
    (tmp_path / "secret").write_text("x")
    (folder / "link").symlink_to(tmp_path / "secret")
    np.savez(folder / kept_outcome.ARRAYS, **{"0": np.zeros(1)})
    assert kept_outcome.read(WHOLE, folder).files == []
    with pytest.raises(ValueError, match="is no"):
        kept_outcome.read(WHOLE | changed, folder)


@pytest.mark.long
def test_the_next_stage_runs_beside_a_damaged_record(tiny):
    keep(tiny.path, "1", "{")
    keep(tiny.path, "2", '{"ended": 1, "store": "own"}')
    done = tiny.stages("make")
    first, second = done.stderr.splitlines()
    assert "is damaged" in first
    assert "is damaged" in second
