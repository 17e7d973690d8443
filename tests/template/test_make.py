"""A project of one's own, as `make new` writes it: what is refused, and what is in it."""

import hashlib
import io
import os
import re
import subprocess
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

from template.make import contents, locked, main, package

ROOT = Path(__file__).parents[2]
WHEEL = "wheels/tracked-0.2.0-py3-none-any.whl"


@pytest.fixture(scope="module")
def made():
    return contents("wines")


def refusal(dest, name):
    with pytest.raises(SystemExit) as raised:
        main(str(dest), name)
    (line,) = str(raised.value.code).splitlines()
    return line


@pytest.mark.parametrize(
    "name", ["Wines", "my wines", "2wines", "my-wines", "class", "wines_", "_wines", "weiß", "../w"]
)
def test_what_is_no_name_of_a_package_is_refused(tmp_path, name):
    told = f"NAME={name} is no name of a Python package in lower case: say NAME=wines or the like"
    assert refusal(tmp_path / "new", name) == told
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "name", ["tracked", "pipeline", "numpy", "test", "tests", "sys", "digitrack", "pyyaml", "conf"]
)
def test_a_name_that_is_taken_is_refused(tmp_path, name):
    told = f"NAME={name} is the name of something else that is imported or installed: say NAME=wines or the like"
    assert refusal(tmp_path / "new", name) == told
    assert not (tmp_path / "new").exists()


def test_a_folder_that_is_not_free_is_refused(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full/work.txt").touch()
    for dest in (tmp_path / "full", tmp_path / "full/work.txt"):
        assert refusal(dest, "wines") == f"DEST={dest} is there, and is no empty folder: remove it, or say another"
    assert refusal(tmp_path / "full/work.txt/new", "wines").startswith("DEST=")
    assert refusal(ROOT / "new", "wines") == f"DEST={ROOT}/new is in this repository: say DEST=../new or the like"
    assert [file.name for file in tmp_path.rglob("*")] == ["full", "work.txt"]


@pytest.mark.parametrize("unfit", [" ", "$", ":", "#", "'"])
def test_a_path_that_make_does_not_bear_is_refused(tmp_path, unfit):
    for dest in (tmp_path / f"my{unfit}wines", tmp_path / f"my{unfit}data/wines"):
        assert refusal(dest, "wines").startswith(f"DEST={dest} is ")
    assert not list(tmp_path.iterdir())


def test_both_are_to_be_said(tmp_path):
    for dest, name in (("", "wines"), (tmp_path / "new", "")):
        assert refusal(dest, name) == "say where, and how the project is called: make new DEST=../mine NAME=mine"


def test_nothing_in_it_speaks_of_this_project(made):
    for path, content in made.items():
        assert not re.search(rb"digitrack", content, re.I), path
        assert "digitrack" not in path


def test_data_of_ones_own_may_lie_beside_what_stages_write(made, tmp_path):
    def run(*command):
        env = {key: value for key, value in os.environ.items() if not key.startswith(("GIT", "DVC"))}
        return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=True).stdout

    run("git", "init", "-q")
    (tmp_path / ".gitignore").write_bytes(made[".gitignore"])
    (tmp_path / "data/raw").mkdir(parents=True)
    for name in ("train.npz", "x.xml", "raw/y.xml"):
        (tmp_path / "data" / name).write_text(name)
    run("dvc", "init", "-q")
    run("dvc", "add", "-q", "data/x.xml", "data/raw/y.xml")
    assert set(run("git", "ls-files", "-o", "--exclude-standard", "data").split()) == {
        "data/x.xml.dvc",
        "data/raw/y.xml.dvc",
    }


def test_the_names_are_put_in(made):
    assert "src/wines/__init__.py" in made
    assert not [path for path in made if "NAME" in Path(path).parts]
    assert b"from wines import" in made["src/wines/parts.py"]
    assert b'name = "wines"' in made["pyproject.toml"]


def test_tracked_is_a_wheel_of_the_same_bytes_each_time(made, monkeypatch):
    before = os.umask(0o077)
    try:
        monkeypatch.setenv("TZ", "Asia/Tokyo")
        again = contents("other")
    finally:
        os.umask(before)
    assert not [path for path in made if re.search("tracked|hydra_plugins", path) and path != WHEEL]
    assert made[WHEEL] == again[WHEEL]
    with ZipFile(io.BytesIO(made[WHEEL])) as wheel:
        assert {name.split("/")[0] for name in wheel.namelist()} == {
            "tracked", "hydra_plugins", WHEEL.split("/")[1].replace("-py3-none-any.whl", ".dist-info"),
        }  # fmt: skip
        for file in (ROOT / "packages/tracked/src").rglob("*.py"):
            assert str(file.relative_to(ROOT / "packages/tracked/src")) in wheel.namelist()


def test_tracked_is_named_by_its_path_alone(made):
    """No index is to be asked for a package of that name, which is not ours there."""
    project = tomllib.loads(made["pyproject.toml"].decode())
    assert project["tool"]["uv"]["sources"] == {"tracked": {"path": WHEEL}}
    assert not [each for each in project["project"]["dependencies"] if each.startswith("tracked")]
    digest = hashlib.sha256(made[WHEEL]).hexdigest()
    lock = made["requirements.lock"].decode()
    assert f"\n{WHEEL} \\\n    --hash=sha256:{digest}\n    # via wines (pyproject.toml:pipeline)\n" in lock
    assert "\ntracked" not in lock


def test_its_lock_file_is_a_part_of_ours(made):
    ours = {package(text): text for text in locked((ROOT / "requirements.lock").read_text())}
    theirs = {package(text): text for text in locked(made["requirements.lock"].decode())}
    assert "tensorflow" not in theirs
    assert {"dvc", "mlflow", "hydra-core", "numpy", "pytest", "ruff"} < theirs.keys()
    del theirs[next(name for name in theirs if name.startswith("wheels/"))]
    for name, text in theirs.items():
        assert set(re.findall("--hash=.*", text)) == set(re.findall("--hash=.*", ours[name]))
    needed = re.findall(r"^    #(?:   | via )(\S+)", made["requirements.lock"].decode(), re.M)
    assert set(needed) <= theirs.keys() | {"wines", "tracked"}
