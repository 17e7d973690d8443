"""The queue holds files as they were, and takes no room twice; what is damaged or leads elsewhere stops nothing."""

import errno
import json
import os
import shutil

import numpy as np
import pytest

from tracked import hashes
from tracked.runs import queue

RECORD = {"run_id": "1", "ended": 1}


def write(root, run_id, record):
    (queue.place(root) / run_id).mkdir(parents=True)
    (queue.place(root) / run_id / queue.RECORD).write_text(record)


@pytest.fixture
def made(tmp_path):
    """A file below a folder in a repository."""
    file = tmp_path / "root/models/net"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"as it was")
    return file


@pytest.fixture
def cached(tmp_path, made):
    """The same file, as DVC's cache has it."""
    md5 = hashes.md5(made)
    file = tmp_path / "root/.dvc/cache/files/md5" / md5[:2] / md5[2:]
    file.parent.mkdir(parents=True)
    shutil.copyfile(made, file)
    file.chmod(0o444)
    return file


def put(made):
    return queue.put(made.parents[1], RECORD, made.parents[1], [made])


def stored(queued):
    (_, record), *_ = queue.records(queued.parents[3])
    return (queue.files(queued, record["files"]) / "models/net").read_bytes()


def test_a_damaged_record_is_named_and_the_others_are_found(tmp_path, capsys):
    for number, record in enumerate(['{"ended": 2}', '{"ended": 1}', '{"ended"', "[]", "{}", '{"ended": "x"}', "7"]):
        write(tmp_path, str(number), record)
    assert [folder.name for folder, _ in queue.records(tmp_path)] == ["1", "0"]
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 5
    assert all("is damaged, and its run can't be logged: remove " in line for line in lines)


def test_a_record_of_an_older_version_is_read(tmp_path):
    write(tmp_path, "1", json.dumps({**RECORD, "kept": True, "epochs": [], "figures": {"a": 1.0}, "about": {}}))
    ((_, record),) = queue.records(tmp_path)
    assert record == {**RECORD, "keeps": True, "steps": [], "metrics": {"a": 1.0}, "evaluated": {}}


def test_in_a_repository_that_was_moved_nothing_is_queued(tmp_path):
    with pytest.raises(FileNotFoundError, match="is gone"):
        queue.put(tmp_path / "moved", RECORD)
    assert not (tmp_path / "moved").exists()


def test_a_file_that_is_written_to_again_stays_as_it_was(made):
    queued = put(made)
    with made.open("r+b") as file:
        file.write(b"another..")
    assert stored(queued) == b"as it was"


def test_what_the_cache_of_dvc_holds_takes_no_room_again_and_outlives_it(made, cached):
    queued = put(made)
    assert (queued / "files/models/net").samefile(cached)
    cached.unlink()  # as `dvc gc` does
    made.write_bytes(b"another")
    assert stored(queued) == b"as it was"


def test_a_damaged_cache_is_not_believed(made, cached):
    cached.chmod(0o644)
    cached.write_bytes(b"damaged")
    assert stored(put(made)) == b"as it was"


@pytest.mark.parametrize("with_cache", [True, False])
def test_of_a_link_the_content_is_queued(made, cached, with_cache):
    made.unlink()
    made.symlink_to(cached if with_cache else shutil.move(cached, made.parents[2] / "elsewhere"))
    queued = put(made)
    assert not (queued / "files/models/net").is_symlink()
    made.resolve().unlink()
    assert stored(queued) == b"as it was"


def test_without_room_nothing_is_left_behind(made, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(OSError, match="No space left"):
        put(made)
    assert os.listdir(queue.place(made.parents[1])) == []


def test_metrics_may_be_numbers_of_numpy(tmp_path):
    queued = queue.put(tmp_path, {**RECORD, "metrics": {"a": np.float32(0.5), "b": np.int64(2)}})
    assert json.loads((queued / queue.RECORD).read_text())["metrics"] == {"a": 0.5, "b": 2}


@pytest.mark.parametrize("path", ["../secret", "/etc/hostname", "link", "missing", "models/net"])
def test_a_file_from_elsewhere_or_another_than_was_queued_is_refused(made, path):
    queued = put(made)
    (queued / "secret").write_bytes(b"x")
    (queued / "files/link").symlink_to(queued / "secret")
    target = queued / "files" / path
    md5 = hashes.md5(target) if target.exists() and path != "models/net" else "0" * 32
    with pytest.raises(ValueError, match=f"{path} is not as it was queued"):
        queue.files(queued, {path: md5})


@pytest.mark.long
def test_the_next_stage_runs_beside_a_damaged_record(tiny):
    write(tiny.path, "1", "{")
    write(tiny.path, "2", '{"ended": 1, "store": "own"}')
    done = tiny.stages("make")
    first, second = done.stderr.splitlines()
    assert "is damaged" in first
    assert "is damaged" in second
