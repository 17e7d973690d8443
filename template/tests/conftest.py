"""A copy of the project with runs of its own, in which tests run real DVC, Hydra and MLflow."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DROPPED = ("MLFLOW", "DVC", "HYDRA", "PYTEST", "PYTHONPATH", "GIT")  # variables that would point out of the copy


class Copy:
    """A copy of the working tree below `path`, under its own git."""

    first = ""  # what its first `dvc repro` printed

    def __init__(self, path: Path) -> None:
        self.path = path

    def fill(self) -> "Copy":
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        for name in subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0"):
            if (ROOT / name).is_file():
                (self.path / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.path / name)
        for name in ("dvc.lock", "params.yaml", "conf.lock.yaml"):  # as if nothing had run yet
            (self.path / name).unlink(missing_ok=True)
        self.run("git", "init", "-q")
        self.run("git", "add", "-A")
        self.run("git", "-c", "user.name=test", "-c", "user.email=test@localhost", "commit", "-qm", "state")
        return self

    def run(self, *command: str, ok: bool = True) -> str:
        """What a command prints; it must succeed, or with ok=False fail."""
        env = {key: value for key, value in os.environ.items() if not key.startswith(DROPPED)}
        env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
        done = subprocess.run(command, cwd=self.path, env=env, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) == ok, f"{command} exited {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that a file must contain."""
        text = (self.path / name).read_text()
        assert old in text
        (self.path / name).write_text(text.replace(old, new))


@pytest.fixture(scope="session")
def reproduced(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A copy in which `dvc repro` has run; to look at, not to change."""
    copy = Copy(tmp_path_factory.mktemp("reproduced") / "project").fill()
    copy.first = copy.run("dvc", "repro")
    return copy


@pytest.fixture
def finished(reproduced: Copy, tmp_path: Path) -> Copy:
    """A copy in which `dvc repro` has run; free to change."""
    shutil.copytree(reproduced.path, tmp_path / "project", symlinks=True)
    return Copy(tmp_path / "project")
