"""Every command in the README and CONTRIBUTING works, in the order in which it stands there; so does the code."""

import re
import shlex
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def commands(document):
    """The indented commands, without their comments."""
    lines = re.findall(r"^    ((?:make|dvc|python|mlflow|source|rm|git) .*)$", (ROOT / document).read_text(), re.M)
    return [shlex.split(line, comments=True) for line in lines]


@pytest.mark.whole
def test_commands_of_the_documents_work(finished):
    finished.commit()
    ran = 0
    for document in ("README.md", "CONTRIBUTING.md"):
        for command in commands(document):
            if command[0] == "make":  # sets up an environment of its own: here, that there is such a target
                finished.run("make", "--dry-run", *command[1:])
            elif command[0] != "source":
                finished.run(*command)
            ran += 1
    assert ran > 10
    assert (finished.path / "dvc_plots/index.html").exists()


def test_the_code_in_the_readme_prints_what_it_says(capsys):
    printed, code = re.search(r"prints\s`(.+)`:\n\n((?:    .+\n)+)", (ROOT / "README.md").read_text()).groups()
    exec(textwrap.dedent(code), {})  # noqa: S102
    assert capsys.readouterr().out == f"{printed}\n"
