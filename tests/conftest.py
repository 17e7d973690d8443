"""A clone of the project, with a store of its own, for tests that run real DVC and real MLflow; what measurements have
too: a real browser, and served models."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from mlflow import MlflowClient

ROOT = Path(__file__).parents[1]
BENCH = ROOT / "bench"
DROPPED = ("MLFLOW", "DVC", "HYDRA", "PYTEST", "COV", "PYTHONPATH")  # variables that would point out of the clone


class Clone:
    """A copy of the working tree under its own git, whose commands run in this environment."""

    first: subprocess.CompletedProcess[str]

    def __init__(self, path: Path, fill: bool = True) -> None:
        self.path = path
        if fill:
            self.fill()

    def fill(self) -> None:
        files = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, encoding="utf-8", errors="surrogateescape", check=True,
        ).stdout.split("\0")  # fmt: skip
        for name in filter(None, files):
            if (ROOT / name).exists():
                (self.path / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.path / name)
        self.run("git", "init", "-q")
        for key, value in (("name", "test"), ("email", "test@localhost")):
            self.run("git", "config", f"user.{key}", value)
        self.commit()

    def commit(self) -> None:
        self.run("git", "add", "-A")
        self.run("git", "commit", "-qm", "state")

    def client(self) -> "MlflowClient":
        """Looks into the store from this process: to start one with MLflow takes seconds."""
        from tracked.store.store import mlflow

        assert (self.path / "mlflow.db").exists()
        return mlflow.MlflowClient(f"sqlite:///{self.path}/mlflow.db")

    def runs(self) -> list[dict]:
        """The tracked runs, newest first."""
        return [
            {"status": run.info.status, "name": run.info.run_name, "id": run.info.run_id, **run.data.to_dictionary()}
            for run in self.client().search_runs(["1"])
        ]

    def env(self, **more: str) -> dict[str, str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(DROPPED)}
        path = f"{Path(sys.executable).parent}{os.pathsep}{clean['PATH']}"
        return clean | {"PATH": path, **more}

    def run(self, *command: str, ok: bool = True, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the clone; it must succeed, or with ok=False fail."""
        done = subprocess.run(command, cwd=self.path, env=self.env(**env), capture_output=True, text=True, check=False)
        assert (done.returncode == 0) == ok, f"{command} exited {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start a command that hears Ctrl-C, which a background job's children would ignore."""
        return subprocess.Popen(
            command,
            cwd=self.path,
            env=self.env(),
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def stage(self, name: str, ok: bool = True, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a stage as DVC does."""
        command = ["tracked", "compose"] if name == "compose" else ["tracked", "run", name]
        return self.run(*command, ok=ok, DVC_STAGE=name, **env)

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that a file must contain."""
        file = self.path / name
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))

    def params(self, key: str, value: object) -> None:
        """Set a dotted key in params.yaml."""
        file = self.path / "params.yaml"
        settings = yaml.safe_load(file.read_text())
        *sections, last = key.split(".")
        node = settings
        for section in sections:
            node = node[section]
        node[last] = value
        file.write_text(yaml.safe_dump(settings))

    def ran(self, done: subprocess.CompletedProcess[str]) -> list[str]:
        """The stages that a `dvc repro` ran."""
        return [line.split("'")[1] for line in done.stdout.splitlines() if line.startswith("Running stage")]


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """A clone that trains for two epochs."""
    return made_short(tmp_path / "clone")


@pytest.fixture(scope="session")
def short_clone() -> Callable[[Path], Clone]:
    """Makes clones that train for two epochs."""
    return made_short


@pytest.fixture(scope="session")
def reproduced(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A clone in which `dvc repro` has run; to look at, not to change."""
    made = made_short(tmp_path_factory.mktemp("reproduced") / "clone")
    made.first = made.run("dvc", "repro")
    (made.path.parent / "done").touch()
    return made


@pytest.fixture
def finished(reproduced: Clone, tmp_path: Path) -> Clone:
    """A copy, free to change, of a clone in which `dvc repro` has run."""
    shutil.copytree(reproduced.path, tmp_path / "clone", symlinks=True)
    return Clone(tmp_path / "clone", fill=False)


def made_short(path: Path) -> Clone:
    """A clone that trains for two epochs where there is a setting of that name."""
    made = Clone(path)
    settings = made.path / "conf/config.yaml"
    settings.write_text(re.sub(r"\bepochs: \d+", "epochs: 2", settings.read_text()))
    if made.run("git", "status", "--porcelain").stdout:
        made.commit()
    return made


@pytest.fixture(scope="session")
def browser() -> ModuleType:
    """bench/browser.py. Without Chromium its tests are skipped; on CI, which installs that, they fail."""
    module = bench("browser")
    if module.CHROMIUM is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Chromium is installed")
    return module


@pytest.fixture(scope="session")
def model_server() -> ModuleType:
    """bench/model_server.py."""
    return bench("model_server")


@pytest.fixture(scope="session")
def load() -> ModuleType:
    """bench/team.py."""
    return bench("team")


def bench(name: str) -> ModuleType:
    """A module of bench/, which is no package."""
    spec = spec_from_file_location(f"bench_{name}", BENCH / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
