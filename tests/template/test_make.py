"""A project of one's own, as `make new` writes it: what is refused, and what is in it."""

import os
import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
(WHEEL,) = (ROOT / "template/wheels").glob("*.whl")


def make_new(*arguments):
    command = ["make", "-o", ".venv/installed", "new", *arguments]
    env = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}  # of a `make test` around it
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module", params=["classification", "regression"])
def made(request, tmp_path_factory):
    """A project of each kind, in which nothing has run."""
    dest = tmp_path_factory.mktemp("made") / "wines"
    done = make_new(f"DEST={dest}", f"KIND={request.param}")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return dest


@pytest.mark.long
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "say where, and how the project is called: make new DEST=../mine NAME=mine"),
        (["NAME=Wines"], "say where, and how the project is called: make new DEST=../mine NAME=mine"),
        (["DEST={}", "NAME=My wines"], "'name': My wines is no name of a project: use up to 50 lower-case letters, "),
        (["DEST={}", "NAME=wines_"], "'name': wines_ is no name of a project: use up to 50 lower-case letters, "),
        (["DEST={}", "KIND=ranking"], "'kind': 'ranking' is not in ['classification', 'regression']"),
        (["DEST={}", "FROM=../here"], "Local template must be a directory."),
        (["DEST={}", "LICENSE=GPL"], "'license': 'GPL' is not in"),
        (["DEST={work}"], "is there already: remove it, or say another"),
        ([f"DEST={ROOT}/new"], "is in this repository: say DEST=../mine or the like"),
    ],
)
def test_what_is_wrong_is_one_line_and_nothing_is_written(tmp_path, arguments, told):
    (tmp_path / "work.txt").touch()
    done = make_new(*(argument.format(tmp_path / "new", work=tmp_path / "work.txt") for argument in arguments))
    (line,) = done.stdout.splitlines()
    assert told in line
    assert done.returncode == 2
    assert [file.name for file in tmp_path.iterdir()] == ["work.txt"]


def test_it_is_a_repository_with_one_commit_that_knows_where_it_comes_from(made):
    assert git(made, "status", "--short") == ""
    assert git(made, "rev-list", "--count", "HEAD") == "1\n"
    answers = (made / ".copier-answers.yml").read_text()
    assert f'_src_path: "{ROOT}"\nname: "wines"\n' in answers
    (commit,) = re.findall(r'^_commit: "(?:.*-g)?([0-9a-f]+)"$', answers, re.M)
    assert git(ROOT, "rev-parse", "HEAD").startswith(commit)


def test_nothing_in_it_speaks_of_this_project_or_is_left_of_the_template(made):
    lines = 0
    for path in filter(None, git(made, "ls-files", "-z").split("\0")):
        content = (made / path).read_bytes()
        if path != ".copier-answers.yml":
            assert b"digitrack" not in content.lower(), path
        if not path.startswith(("wheels/", ".github/")):
            assert not re.search(rb"\{[{%]|[%}]\}", content), path
        assert b"\n\n\n\n" not in content or path.startswith("wheels/"), path
        lines += content.count(b"\n") if path.endswith(".py") else 0
    assert 200 < lines < 600


@pytest.mark.long
@pytest.mark.parametrize(("name", "told"), [("MIT", "MIT License"), ("BSD-3-Clause", "BSD 3-Clause License")])
def test_a_license_is_written_on_request(name, told, tmp_path):
    copied = [
        Path(sys.executable).with_name("copier"),
        "copy",
        "--quiet",
        "--defaults",
        "--vcs-ref",
        git(ROOT, "rev-parse", "HEAD").strip(),
    ]
    data = [f"--data={each}" for each in (f"license={name}", "author=Ada Lovelace", "name=wines")]
    subprocess.run([*copied, *data, ROOT, tmp_path / "new"], check=True)
    assert (tmp_path / "new/LICENSE").read_text().startswith(f"{told}\n\nCopyright (c) Ada Lovelace\n")
    assert f'license = "{name}"' in (tmp_path / "new/pyproject.toml").read_text()


def test_the_wheel_is_built_of_the_library_as_it_is(tmp_path):
    build = ["uv", "build", "-q", "--wheel", "--offline", "--no-build-isolation", "--python", sys.executable]
    subprocess.run([*build, "-o", tmp_path, ROOT / "packages/tracked"], check=True)
    (built,) = tmp_path.glob("*.whl")
    assert content(WHEEL) == content(built), "packages/tracked has changed: make wheel, and commit template/wheels"
    assert any(name.endswith("licenses/LICENSE") for name in content(WHEEL))


def test_the_wheel_is_named_by_its_path_and_hash_alone(made):
    """No index is to be asked for a package of that name, which is not ours there."""
    digest = subprocess.run(["sha256sum", WHEEL], capture_output=True, text=True, check=True).stdout[:64]
    named = (made / "wheels/requirements.txt").read_text()
    assert named == f"./wheels/{WHEEL.name}[sweep,team] --hash=sha256:{digest}\n"
    assert not re.search("^tracked", (made / "requirements.lock").read_text(), re.M)
    assert '"tracked' not in (made / "pyproject.toml").read_text()


def test_its_lock_file_has_the_versions_of_ours():
    ours, theirs = ((ROOT / place / "requirements.lock").read_text() for place in (".", "template"))
    pinned = [set(re.findall(r"^[a-z0-9-]+==[^ ;]+", text, re.M)) for text in (ours, theirs)]
    assert pinned[1] <= pinned[0]
    names = {each.split("==")[0] for each in pinned[1]}
    assert {"dvc", "mlflow", "hydra-core", "optuna", "scikit-learn", "pytest", "copier"} < names
    assert not {"tensorflow", "keras"} & names


def content(wheel):
    with ZipFile(wheel) as file:
        return {name: file.read(name) for name in file.namelist()}


def git(folder, *command):
    return subprocess.run(["git", *command], cwd=folder, capture_output=True, text=True, check=True).stdout
