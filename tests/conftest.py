"""A clone of the project, with a store of its own, for tests that run real DVC and real MLflow."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


class Clone:
    """A copy of the working tree under its own git, whose commands run in this environment."""

    def __init__(self, path: Path) -> None:
        self.path = path
        files = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout.split("\0")  # fmt: skip
        for name in filter(None, files):
            if (ROOT / name).exists():
                (path / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, path / name)
        for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "clone"]):
            self.run("git", "-c", "user.name=t", "-c", "user.email=t@localhost", *command)

    def run(self, *command: str, ok: bool = True, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the clone; it must succeed, or with ok=False fail."""
        drop = ("MLFLOW", "DVC", "HYDRA", "PYTEST", "COV")
        clean = {k: v for k, v in os.environ.items() if not k.startswith(drop)}
        path = f"{Path(sys.executable).parent}{os.pathsep}{clean['PATH']}"
        clean |= {"PATH": path, "PYTHONPATH": f"{self.path}/src{os.pathsep}{self.path}", **env}
        done = subprocess.run(command, cwd=self.path, env=clean, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) == ok, f"{command} exited {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that a file must contain."""
        file = self.path / name
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))

    def ran(self, done: subprocess.CompletedProcess[str]) -> list[str]:
        """The stages that a `dvc repro` ran."""
        return [line.split("'")[1] for line in done.stdout.splitlines() if line.startswith("Running stage")]


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """A clone that trains for two epochs."""
    made = Clone(tmp_path / "clone")
    made.edit("conf/config.yaml", "epochs: 30", "epochs: 2")
    return made
