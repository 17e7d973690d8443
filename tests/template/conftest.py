"""Projects that are made of the template, whose commands run in this environment, and an index of packages for uv."""

import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
DROPPED = ("MLFLOW", "DVC", "HYDRA", "PYTEST", "COV", "GIT", "UV", "MAKE")  # variables that would point out of them


class Folder:
    """A repository, whose commands run in this environment."""

    def __init__(self, path: Path, home: Path) -> None:
        self.path, self.home = path, home

    def run(self, *command: str, code: int = 0) -> str:
        """What a command prints."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith(DROPPED)}
        path = f"{Path(sys.executable).parent}{os.pathsep}{clean['PATH']}"
        uv = {"UV_NO_INDEX": "1", "UV_FIND_LINKS": str(self.home / "index"), "UV_CACHE_DIR": str(self.home / "uv")}
        done = subprocess.run(
            command, cwd=self.path, env=clean | {"PATH": path, "HOME": str(self.home)} | uv,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == code, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def make(self, *words: str, code: int = 0) -> str:
        """What a target prints. Its packages are those of this environment, as if they had just been installed."""
        if (self.path / ".venv").exists():
            os.utime(self.path / ".venv/installed", (time.time(), time.time()))
        return self.run("make", *words, code=code)

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that a file must contain."""
        text = (self.path / name).read_text()
        assert old in text, f"{name} has no {old!r}"
        (self.path / name).write_text(text.replace(old, new, 1))

    def commit(self, tag: str = "") -> None:
        self.run("git", "add", "-A")
        self.run("git", "commit", "-qm", "state")
        if tag:
            self.run("git", "tag", tag)


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """A home folder, with git's identity and an index of packages for uv."""
    home = tmp_path_factory.mktemp("home")
    (home / ".gitconfig").write_text("[user]\n name = test\n email = test@localhost\n")
    (home / "index").mkdir()
    for name, version in re.findall(r"^([a-z0-9-]+)==([^ ;]+)", (ROOT / "requirements.lock").read_text(), re.M):
        described(name, version, home / "index")
    return home


def described(name, version, folder):
    """Write a wheel that has nothing but what a package says of itself, which is all that a lock file is made of."""
    asks: list[str] = []
    with suppress(PackageNotFoundError):  # what is for other systems asks for nothing that is not there anyway
        asks = distribution(name).requires or []
    name = name.replace("-", "_")
    text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    extras = sorted({extra for each in asks for extra in re.findall(r"extra == ['\"]([\w.-]+)['\"]", each)})
    text += "".join(f"Provides-Extra: {each}\n" for each in extras) + "".join(
        f"Requires-Dist: {each}\n" for each in asks
    )
    with ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}-{version}.dist-info/METADATA", text)
        wheel.writestr(f"{name}-{version}.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{name}-{version}.dist-info/RECORD", "")


@pytest.fixture
def template(tmp_path, home):
    """A repository with the template, as it is in this one, and one release."""
    folder = Folder(tmp_path / "template", home)
    for name in ("Makefile", "copier.yml", "template"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        folder.path.mkdir(exist_ok=True)
        copy(ROOT / name, folder.path / name)
    folder.run("git", "init", "-q", "-b", "main")
    folder.commit("v0.1.0")
    return folder


@pytest.fixture
def make_new(template, tmp_path, home):
    """Makes a project of that release, in which nothing has run."""

    def made(*words: str) -> Folder:
        template.run("make", "-o", ".venv/installed", "new", f"DEST={tmp_path / 'mine'}", *words)
        (tmp_path / "mine/.venv").mkdir()
        for name in ("bin", "lib", "pyvenv.cfg"):
            (tmp_path / "mine/.venv" / name).symlink_to(Path(sys.prefix) / name)
        for name in ("uv", "installed"):
            (tmp_path / "mine/.venv" / name).touch()
        return Folder(tmp_path / "mine", home)

    return made


@pytest.fixture
def mine(make_new):
    """A project called mine."""
    return make_new()
