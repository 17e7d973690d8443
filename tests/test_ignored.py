"""What tools leave is no change of the working tree."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    "left",
    [".venv", "dvc_plots/index.html", "outputs/a", "multirun/a", "mlflow.db", "server/mlflow.db"],
)
def test_git_ignores_what_tools_leave(left):
    assert subprocess.run(["git", "check-ignore", "-q", "--no-index", left], cwd=ROOT, check=False).returncode == 0


def test_git_sees_the_templates_of_plots():
    seen = subprocess.run(["git", "check-ignore", "-q", ".dvc/plots/curves.json"], cwd=ROOT, check=False)
    assert seen.returncode == 1
