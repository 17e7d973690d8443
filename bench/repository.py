"""The repository as a user has it: a clone of HEAD, and the environment that commands run in."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
DROPPED = ("MLFLOW", "DVC", "HYDRA", "PYTEST")  # variables that would point to another store or repository


def clone(folder: Path) -> Path:
    """Clone HEAD into a folder, which git can commit to; its runs go to a store of its own."""
    subprocess.run(["git", "clone", "-q", ROOT, folder], check=True)
    for key, value in (("name", "bench"), ("email", "bench@localhost")):
        subprocess.run(["git", "config", f"user.{key}", value], cwd=folder, check=True)
    return folder


def environment(repository: Path, **more: str) -> dict[str, str]:
    """The variables of commands that run in a repository, with its code and this Python."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(DROPPED)}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    return kept | {"PATH": path, "PYTHONPATH": f"{repository / 'src'}{os.pathsep}{repository}", **more}


def run(repository: Path, *command: str) -> None:
    """Run a command there. Raises CalledProcessError when it fails."""
    subprocess.run(command, cwd=repository, env=environment(repository), check=True, capture_output=True)
