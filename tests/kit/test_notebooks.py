"""Both notebooks and all checks, in an environment that has only what the folder's requirements.txt asks for."""

import os
import re
import shutil
import subprocess
import venv
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

pytestmark = pytest.mark.whole

EXPECTED = Path(__file__).parents[2] / "kit/expected.py"
RANGE = re.compile(r"^\| (.+) \| ([\d.]+) to ([\d.]+) \| ([\d.]+) to ([\d.]+) \|$", re.M)


@pytest.fixture(scope="module")
def python(handed_out, tmp_path_factory):
    """The interpreter of a virtual environment, whose packages are links to those of this one.

    The parts of jupyterlab that run a notebook stand for it.
    """
    lines = (handed_out / "requirements.txt").read_text().splitlines()
    wanted = [Requirement(line) for line in lines if line and not line.startswith("#")]
    names = [one.name for one in wanted if one.name != "jupyterlab"] + ["ipykernel", "nbclient"]
    environment = tmp_path_factory.mktemp("own") / "environment"
    venv.create(environment, symlinks=True)
    (site_packages,) = (environment / "lib").glob("python*/site-packages")
    for name in closure(names):
        found = distribution(name)
        for top in {file.parts[0] for file in found.files} - {"..", "__pycache__"}:
            if not (site_packages / top).exists():
                (site_packages / top).symlink_to(Path(found.locate_file(top)))
    return environment / "bin/python"


def closure(names):
    """The names of these packages and of all that they need."""
    found, left = set(), list(names)
    while left:
        name = left.pop()
        if name.lower() in found:
            continue
        found.add(name.lower())
        needed = [Requirement(line) for line in distribution(name).requires or ()]
        left += [one.name for one in needed if one.marker is None or one.marker.evaluate({"extra": ""})]
    return found


@pytest.fixture
def folder(handed_out, tmp_path):
    return shutil.copytree(handed_out, tmp_path / "practical")


def run(python, folder, *command):
    dropped = ("PYTHONPATH", "PYTEST", "COV", "VIRTUAL_ENV")
    env = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
    return subprocess.run([python, *command], cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_the_environment_has_nothing_else(python, folder):
    for module in ("digitrack", "dvc", "hydra", "mlflow", "omegaconf", "pipeline", "tracked"):
        assert "ModuleNotFoundError" in run(python, folder, "-c", f"import {module}").stderr


def test_the_solved_notebook_gives_the_figures_of_the_teachers_page(python, folder):
    done = run(python, folder / "solution", EXPECTED, "tp_neural_net.ipynb", "1")
    assert done.returncode == 0, done.stderr[-3000:]
    page, here = (
        {what: [float(value) for value in values] for what, *values in RANGE.findall(text)}
        for text in ((folder / "solution/TEACHER.md").read_text(), done.stdout)
    )
    assert here.keys() == page.keys()
    assert len(here) > 20
    for what, (loss, _, accuracy, _) in here.items():  # one seed; another processor rounds otherwise
        least_loss, most_loss, least_accuracy, most_accuracy = page[what]
        assert 0.5 * least_loss <= loss <= 2 * most_loss, what
        assert least_accuracy - 0.03 <= accuracy <= most_accuracy + 0.03, what


def test_the_students_notebook_runs_to_its_first_blank(python, folder):
    done = run(python, folder, EXPECTED, "tp_neural_net.ipynb", "1")
    assert "question 1, split_and_scale: still to be written" in done.stderr, done.stderr[-3000:]
    assert "ModuleNotFoundError" not in done.stderr


def test_all_checks_hold_of_the_solution_and_none_of_the_blanks(python, folder):
    report = run(python, folder, "checks.py", ".", "solution")
    assert report.returncode == 1
    assert ".: 0 of 16 right" in report.stdout
    assert "solution: 16 of 16 right" in report.stdout

    failed = run(python, folder, "-m", "pytest", "-v", "-p", "no:cacheprovider")
    assert "16 failed" in failed.stdout
    assert len(set(re.findall(r"^question \d+, (\w+)", failed.stdout, re.M))) == 16
    for module in ("first_part.py", "neural_net.py"):
        shutil.copy(folder / "solution" / module, folder)
    passed = run(python, folder, "-m", "pytest", "-p", "no:cacheprovider")
    assert "16 passed" in passed.stdout, passed.stdout[-3000:]
