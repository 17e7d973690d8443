"""Every command in the README and CONTRIBUTING works, in the order in which it stands there."""

import re
import shlex

from conftest import ROOT


def commands(document):
    """The indented commands, without their comments."""
    lines = re.findall(r"^    ((?:make|dvc|python|mlflow|source|rm|git) .*)$", (ROOT / document).read_text(), re.M)
    return [shlex.split(line, comments=True) for line in lines]


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
