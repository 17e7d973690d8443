"""docs/join.md, as an engineer follows it who has a DVC project: its files, commands and edits, and nothing else."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[1] / "docs/join.md").read_text()
DROPPED = ("MLFLOW", "DVC", "HYDRA", "PYTEST", "COV", "GIT", "PYTHONPATH")  # what would point out of the project
COMMAND = re.compile("(tracked|dvc|python|git) ")
STEP = re.compile(  # a file with its content, an edit, or a line: a command, or what the last one prints
    r"^`(\S+)`\n\n```\w*\n(.*?)```|^```diff\n(.*?)```|^    ([^\n]+)$", re.M | re.S
)


class Pumps:
    """The project at `path`, whose commands run in this environment."""

    def __init__(self, path):
        self.path = path / "pumps"
        self.path.mkdir()
        (path / ".gitconfig").write_text("[user]\n name = test\n email = test@localhost\n")
        clean = {key: value for key, value in os.environ.items() if not key.startswith(DROPPED)}
        self.env = clean | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{clean['PATH']}", "HOME": str(path)}

    def run(self, command, given=None):
        """What a command prints; it must succeed."""
        done = subprocess.run(
            shlex.split(command), cwd=self.path, env=self.env, input=given, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        assert "Warning" not in done.stderr, f"{command}\n{done.stderr}"
        return done.stdout + done.stderr


def test_no_line_lets_an_installer_look_up_the_name():
    assert not re.search(r"pip install(?! -\S+)* *['\"]?tracked(\b|\[)", PAGE)


@pytest.mark.long
def test_the_walk_of_the_page(tmp_path):
    pumps, told, ran = Pumps(tmp_path), "", []
    for name, content, diff, line in STEP.findall(PAGE.partition("## The project")[2]):
        if name:
            (pumps.path / name).parent.mkdir(exist_ok=True)
            (pumps.path / name).write_text(content)
        elif diff:
            pumps.run("git apply", given=diff)
        elif COMMAND.match(line):
            told = pumps.run(line)
            ran.append((line, told))
            print(f"$ {line}\n{told}", flush=True)
        else:
            assert squeezed(line) in squeezed(told)
    assert len(ran) > 20
    assert pumps.run("git status --porcelain") == ""
    head, broken, fine = told_of(ran, "tracked predict")[0].splitlines()
    assert head == "output_1,output_2"
    assert float(broken.split(",")[1]) > 0.5 > float(fine.split(",")[1])


def told_of(ran, command):
    return [told for line, told in ran if line.startswith(command)]


def squeezed(text):
    return re.sub(r"\s+", " ", text.strip())
