"""A project of one's own, as a user meets it who follows docs/project.md: in this environment, with real DVC."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from template.make import main

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/project.md").read_text()
DROPPED = ("MLFLOW", "DVC", "HYDRA", "PYTEST", "COV", "GIT")  # variables that would point out of the project
COMMAND = re.compile("(make|tracked|dvc|python|git|mkdir|cp) ")
STEP = re.compile(  # a module with its code, an edit, or a line: a command, or what the last one prints
    r"^`(src/\S+)` (?:reads them|is such a one):\n\n```python\n(.*?)```|^```diff\n(.*?)```|^    ([^\n]+)$", re.M | re.S
)
HERE = {"make repro": "dvc repro"}  # make would set up an environment of its own
pytestmark = pytest.mark.whole


class Project:
    """The project at `path`, whose commands run in this environment."""

    def __init__(self, path: Path) -> None:
        self.path, self.home = path, path.parent / "home"
        self.home.mkdir()
        (self.home / "points.csv").write_text(
            "a,b,class\n" + "".join(f"{k + i / 50},{i % 7},{k}\n" for k in range(3) for i in range(40))
        )
        (self.home / ".gitconfig").write_text("[user]\n name = test\n email = test@localhost\n")

    def run(self, command: str, given: str | None = None) -> str:
        """What a command prints; it must succeed."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith(DROPPED)}
        path = f"{Path(sys.executable).parent}{os.pathsep}{clean['PATH']}"
        modules = f"{self.path}/src{os.pathsep}{self.path}"
        done = subprocess.run(
            shlex.split(command.replace("~", str(self.home))),
            cwd=self.path, env=clean | {"PATH": path, "PYTHONPATH": modules, "HOME": str(self.home)},
            input=given, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr


@pytest.fixture
def mine(tmp_path):
    """A project called mine, in which nothing has run."""
    main(str(tmp_path / "mine"), "mine")
    return Project(tmp_path / "mine")


def test_it_is_a_clean_repository_that_passes_its_own_lint_and_tests(mine):
    assert len(mine.run("git log --oneline").splitlines()) == 1
    mine.run("pre-commit run --all-files")
    (own,) = re.findall(r"^test: .*\n.* lint\n\t@(.*)", (mine.path / "Makefile").read_text(), re.M)
    mine.run(own)
    assert mine.run("git status --short") == ""
    for file in mine.path.rglob("*"):
        if ".git" not in file.parts and file.is_file() and file.suffix != ".pyc":
            assert b"digitrack" not in file.read_bytes().lower(), file


def test_the_walk_of_its_page(mine):
    """Commands, what they print, and edits, in the order of the page."""
    told, ran = "", 0
    for module, code, diff, line in STEP.findall(PAGE.partition("## Run it")[2]):
        if module:
            (mine.path / module).write_text(code)
        elif diff:
            mine.run("git apply", given=diff)
        elif COMMAND.match(line):
            told, ran = mine.run(HERE.get(line, line)), ran + 1
        elif line != "cd ../mine":
            assert without_numbers(line) in without_numbers(told)
    assert ran > 8
    mine.run("ruff check")
    mine.run("mypy")
    mine.run("python -m pytest tests/mine tests/pipeline/test_repro.py -m 'not whole'")


def without_numbers(text):
    """Figures differ in their last digits from processor to processor."""
    return re.sub(r"\d+\.\d+", "#", text)
