"""dvc.lock is read as DVC wrote it; damaged, by hand or by a merge, it is one line wherever it is read."""

import contextlib
from pathlib import Path

import pytest

from tracked.dvc import composing, inputs, lock_file
from tracked.errors import UserError
from tracked.project import here

LOCK = """
schema: '2.0'
stages:
  make:
    params:
      params.yaml:
        rate: 1e-05
        day: 2020-01-01
    outs:
    - path: data/train.npz
      md5: 07ffe1e
    - path: data/raw
      md5: 1e5.dir
"""
DAMAGED = [
    b"",
    b"\xff",
    b"a\0",
    b"[1]",
    b"stages: 3",
    b"stages: {a: []}",
    b"stages: {a: {outs: [1]}}",
    b"stages: {a: {outs: [{path: [1], md5: 2}]}}",
    b"stages: {a: {deps: 5}}",
    b"stages: {a: {params: {params.yaml: [1]}}}",
    b"x: " + b"[" * 5000,
]


def test_values_are_those_of_the_settings(tmp_path):
    (tmp_path / "dvc.lock").write_text(LOCK)
    entry = lock_file.stages(tmp_path / "dvc.lock")["make"]
    assert lock_file.settings(entry) == {"rate": 1e-5, "day": "2020-01-01"}
    assert lock_file.hashes(entry, "outs") == {"data/train.npz": "07ffe1e", "data/raw": "1e5.dir"}
    assert lock_file.hashes(entry, "deps") == {}
    assert lock_file.stages(tmp_path / "none") == {}


@pytest.mark.parametrize("content", DAMAGED, ids=lambda content: str(content[:30]))
@pytest.mark.parametrize("read", [composing.compose, lambda: inputs.check("evaluate", {})], ids=["compose", "stage"])
def test_a_damaged_one_is_named(tmp_path, content, read):
    here()  # the project is this one, wherever dvc.lock lies
    (tmp_path / "dvc.lock").write_bytes(content)
    with (
        contextlib.chdir(tmp_path),
        pytest.raises(UserError, match=r"^dvc\.lock is damaged .*: `git checkout dvc\.lock`"),
    ):
        read()
    assert not Path(tmp_path / "params.yaml").exists()


def test_one_that_a_merge_left_says_how_to_choose(tmp_path):
    (tmp_path / "dvc.lock").write_text(LOCK.replace("    outs:", "<<<<<<< HEAD\n    outs:\n=======\n>>>>>>> other\n"))
    with pytest.raises(UserError, match=r"dvc\.lock has both sides of a merge: `git checkout --ours"):
        lock_file.stages(tmp_path / "dvc.lock")
