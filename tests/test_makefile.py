"""The last line of `make repro`: what git has to be given after a change, and nothing when there is none."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("makefile", ["Makefile", "template/Makefile"])
def test_repro_ends_with_what_is_to_commit(tmp_path, makefile):
    def run(*command):
        env = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "GIT", "MFLAGS"))}
        return subprocess.run(command, cwd=tmp_path, env=env, check=True, capture_output=True, text=True).stdout

    shutil.copy(ROOT / makefile, tmp_path / "Makefile")
    (tmp_path / "metrics").mkdir()
    for name in ("dvc.lock", "params.yaml", "metrics/a.json"):
        (tmp_path / name).write_text("before\n")
    (tmp_path / ".gitignore").write_text("/.venv\n")
    run("git", "init", "-q")
    run("git", "add", "-A")
    run("git", "-c", "user.name=test", "-c", "user.email=test@localhost", "commit", "-qm", "state")
    dvc = tmp_path / ".venv/bin/dvc"
    dvc.parent.mkdir(parents=True)
    dvc.write_text("#!/bin/sh\necho ran\n")
    dvc.chmod(0o755)
    repro = ("make", "--old-file=.venv/installed", "repro")  # nothing is to be installed

    unchanged = run(*repro)
    for name in ("dvc.lock", "models.lock", "metrics/a.json", "other.txt"):
        (tmp_path / name).write_text("after\n")

    assert unchanged == "ran\n"
    assert run(*repro) == "ran\nto commit: git add dvc.lock metrics/a.json models.lock\n"
