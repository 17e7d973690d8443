"""A file's hash is what is in the file, however often it is read: once, until it changes."""

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from time import sleep, time

import numpy as np
import pytest

from tracked import hashes, remembered

TICK = 0.02  # seconds: longer than one of the file system's clock
RNG = np.random.default_rng(0)

ELSEWHERE = """
import sys
from pathlib import Path
from tracked import remembered
del remembered.md5
print(*remembered.md5s([Path(sys.argv[1])]).values())
"""


@pytest.fixture
def root(tmp_path, working_for):
    (tmp_path / ".dvc").mkdir()
    (tmp_path / "pyproject.toml").write_text('[tool.tracked]\nproject = "a:b"\n')
    working_for(tmp_path)
    return tmp_path


@pytest.fixture
def later(monkeypatch):
    """As if it were an hour later, by when all files have settled."""
    monkeypatch.setattr(remembered, "time", lambda: time() + 3600)


@pytest.fixture
def reads(monkeypatch):
    """The files that are read, as they are."""
    files = []
    monkeypatch.setattr(remembered, "md5", lambda file: files.append(file) or hashes.md5(file))
    return files


def large(file, size=remembered.LARGE):
    file.write_bytes(RNG.bytes(size))
    sleep(TICK)
    return file


def expected(file):
    return hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()


def test_what_stays_as_it_is_is_read_once_by_all_processes(root, later, reads):
    files = [large(root / name) for name in ("a", "b")]
    for _ in range(3):
        assert remembered.md5s(files) == {file: expected(file) for file in files}
    assert reads == files
    for file in files:
        told = subprocess.check_output((sys.executable, "-c", ELSEWHERE, file), cwd=root, text=True)
        assert told.strip() == expected(file)


def rewritten(file):
    large(file)


def grown(file):
    large(file, remembered.LARGE + 1)


def replaced(file):
    large(file.with_name("other")).replace(file)


def in_place(file):
    with file.open("r+b") as content:
        content.write(b"another")
    sleep(TICK)


@pytest.mark.parametrize("change", [rewritten, grown, replaced, in_place])
@pytest.mark.parametrize("dated_back", [False, True])
@pytest.mark.parametrize("linked", [False, True])
def test_every_change_is_seen_also_one_that_keeps_size_and_time(root, later, change, dated_back, linked):
    file = large(root / "file")
    asked = root / "link" if linked else file
    if linked:
        asked.symlink_to(file)
    before = remembered.md5s([asked])[asked]
    stat = file.stat()
    change(file)
    if dated_back:
        os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert remembered.md5s([asked])[asked] == expected(file) != before


def test_a_small_file_is_read_each_time(root, later, reads):
    file = large(root / "small", remembered.LARGE - 1)
    remembered.md5s([file])
    remembered.md5s([file])
    assert reads == [file, file]


def test_a_file_that_has_just_changed_is_read_each_time(root, reads):
    file = large(root / "new")
    remembered.md5s([file])
    remembered.md5s([file])
    assert reads == [file, file]


def test_where_dvc_has_no_folder_none_is_made(root, later, reads):
    (root / ".dvc").rmdir()
    file = large(root / "file")
    remembered.md5s([file])
    remembered.md5s([file])
    assert reads == [file, file]
    assert not (root / ".dvc").exists()


def test_a_file_that_changes_while_it_is_read_is_not_remembered(root, later, monkeypatch):
    file = large(root / "file")

    def read(path):
        told = hashes.md5(path)
        rewritten(path)
        return told

    monkeypatch.setattr(remembered, "md5", read)
    remembered.md5s([file])
    monkeypatch.setattr(remembered, "md5", hashes.md5)
    assert remembered.md5s([file])[file] == expected(file)


def test_a_missing_file_is_an_error(root):
    with pytest.raises(FileNotFoundError):
        remembered.md5s([root / "missing"])


def test_a_damaged_database_tells_nothing_wrong_and_is_made_anew(root, later, reads):
    files = {large(root / f"{i}") for i in range(5)}
    right = {file: expected(file) for file in files}
    database = root / remembered.FILE
    for _ in range(100):
        assert remembered.md5s(files) == right
        content = bytearray(database.read_bytes())
        start = int(RNG.integers(len(content)))
        content[start : start + 50] = RNG.bytes(len(content[start : start + 50]))
        database.write_bytes(content)
        assert remembered.md5s(files) == right
    database.write_bytes(b"no database")
    remembered.md5s(files)
    remembered.md5s(files)
    reads.clear()
    assert remembered.md5s(files) == right
    assert not reads


def test_a_database_that_cannot_be_opened_is_done_without(root, later):
    (root / remembered.FILE).mkdir(parents=True)
    file = large(root / "file")
    assert remembered.md5s([file])[file] == expected(file)


def test_many_at_once_get_the_right_ones(root, later):
    files = [large(root / f"{i}") for i in range(8)]
    right = {file: expected(file) for file in files}
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: remembered.md5s(files), range(40))) == [right] * 40
