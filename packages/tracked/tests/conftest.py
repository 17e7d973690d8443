"""A project of a hundred lines (the folder tiny/) in a repository of its own, for tests without Keras."""

import os
import re
import shutil
import signal
import subprocess
import sys
import venv
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import distribution, requires
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import pytest
import requests
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tracked.admin.mlflow_server import answers, free_port
from tracked.project import Where, _Process, here

if TYPE_CHECKING:
    from mlflow import MlflowClient

HERE = Path(__file__).parent
DROPPED = (
    "MLFLOW",
    "DVC",
    "HYDRA",
    "PYTEST",
    "COV",
    "GIT",
    "PYTHONPATH",
)  # variables that would point out of the repository
UNWANTED = {"digitrack", "keras", "matplotlib", "scikit-learn", "tensorflow"}  # of no use to a guest
UNTRACKED = shutil.ignore_patterns("__pycache__")

README = (HERE.parent / "README.md").read_text()
POINTS = dict(
    re.findall(r"^`([\w./]+)`\n\n```\w+\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
)  # its project's files

# Written, not copied: in the folder DVC would take it for a part of this repository's graph.
GRAPH = {
    "make": {"deps": ["tiny/make.py"], "params": ["seed"], "outs": ["data/train.npz"]},
    "fit_slow": {
        "deps": ["data/train.npz", "tiny/fit_slow.py", "tiny/fitting.py"],
        "params": ["fit_slow"],
        "outs": ["models/slow.npz", "reports/fit_slow/curves.csv"],
    },
    "fit_fast": {
        "deps": ["data/train.npz", "tiny/fit_fast.py", "tiny/fitting.py"],
        "params": ["fit_fast"],
        "outs": ["models/fast.npz", "reports/fit_fast/curves.csv"],
    },
    "judge": {"deps": ["models/slow.npz", "models/fast.npz", "tiny/judge.py"], "outs": ["reports/judge"]},
}
STAGES = """
from tracked.stages import from_params
for stage in {stages}:
    from_params.run(stage)
"""
ALL = ("make", "fit_slow", "fit_fast", "judge")


def own_port() -> int:
    """A free port, from a range in which no test that runs beside this one looks."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return free_port(20_000 + 100 * worker)


@pytest.fixture(scope="session")
def new_port() -> Callable[[], int]:
    return own_port


@pytest.fixture
def port() -> int:
    return own_port()


class Tiny:
    """The repository at `path`, whose commands and scripts run in processes of their own."""

    told = ""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fill(self) -> None:
        """Copy the project into it, and commit."""
        shutil.copytree(HERE / "tiny", self.path, ignore=UNTRACKED)
        graph = {name: {"cmd": f"tracked run {name}", **stage} for name, stage in GRAPH.items()}
        (self.path / "dvc.yaml").write_text(yaml.safe_dump({"stages": graph}, sort_keys=False))
        settings = yaml.safe_load((self.path / "conf/config.yaml").read_text())
        (self.path / "params.yaml").write_text(
            yaml.safe_dump({key: value for key, value in settings.items() if key not in ("defaults", "hydra")})
        )
        ignored = "__pycache__/", "/data/**", "!/data/**/*.dvc", "/mlflow.db*", "/mlartifacts/", "/.dvc/", "/outputs/"
        (self.path / ".gitignore").write_text("\n".join((*ignored, "")))
        self.run("git", "init", "-q", "-b", "main")
        for key, value in (("name", "test"), ("email", "test@localhost")):
            self.run("git", "config", f"user.{key}", value)
        self.commit()

    def commit(self) -> str:
        """Commit everything; the commit."""
        self.run("git", "add", "-A")
        self.run("git", "commit", "-qm", "state")
        return self.run("git", "rev-parse", "HEAD").stdout.strip()

    def env(self, **more: str) -> dict[str, str]:
        clean = {key: value for key, value in os.environ.items() if not key.startswith(DROPPED)}
        path = f"{Path(sys.executable).parent}{os.pathsep}{clean['PATH']}"
        return clean | {"PATH": path, **more}

    def run(self, *command: str, ok: bool = True, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a command; it must succeed, or with ok=False fail."""
        done = subprocess.run(command, cwd=self.path, env=self.env(**env), capture_output=True, text=True, check=False)
        assert (done.returncode == 0) == ok, f"{command} exited {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def python(self, script: str, ok: bool = True, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a script that finds the project's modules."""
        return self.run(sys.executable, "-c", script, ok=ok, **env)

    def stages(self, *stages: str, ok: bool = True, **env: str) -> subprocess.CompletedProcess[str]:
        """Run stages as DVC does, but in one process."""
        return self.python(STAGES.format(stages=stages or ALL), ok=ok, **env)

    def start(self, *command: str, start_new_session: bool = False, **env: str) -> subprocess.Popen[str]:
        """Start a command that hears Ctrl-C, which a background job's children would ignore."""
        return subprocess.Popen(
            command,
            cwd=self.path,
            env=self.env(**env),
            start_new_session=start_new_session,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @contextmanager
    def serve(self, folder: Path, *options: str, port: int | None = None, **env: str) -> Iterator[str]:
        """MLflow's server with a store in a folder: its address. In the end it is killed, with all its processes."""
        folder.mkdir(exist_ok=True)
        port = port or own_port()
        store = ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", f"{folder}/served"]
        command = ["mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1", *store, *options]
        with (folder / "server.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=folder,
                env=self.env(MLFLOW_SERVER_ENABLE_JOB_EXECUTION="false", **env),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            assert answers(f"http://127.0.0.1:{port}/health", process), (folder / "server.log").read_text()
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def settings(self, **sections: object) -> None:
        """Replace sections of params.yaml."""
        file = self.path / "params.yaml"
        file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text()) | sections))

    def client(self, store: str | None = None) -> "MlflowClient":
        """Looks into a store, its own or another, from this process: to start one with MLflow takes seconds."""
        from mlflow import MlflowClient

        assert store or (self.path / "mlflow.db").exists()
        return MlflowClient(store or f"sqlite:///{self.path}/mlflow.db")

    def runs(self, store: str | None = None) -> list[dict]:
        """The tracked runs, newest first."""
        return [
            {"status": run.info.status, "name": run.info.run_name, "id": run.info.run_id, **run.data.to_dictionary()}
            for run in self.client(store).search_runs(["1"])
        ]


@pytest.fixture
def working_for(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], None]]:
    """Has this process work for this project in another folder, until the end of the test."""

    def work(folder: Path) -> None:
        where = Where(folder, folder, here().project, folder)
        monkeypatch.setattr(_Process, "where", where)
        monkeypatch.setattr(sys, "path", [*where.paths, *sys.path])
        forget()

    yield work
    forget()


def forget() -> None:
    """What this process knows of a project."""
    for cached in _Process.caches:
        cached.cache_clear()


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    """The project, in which nothing has run."""
    made = Tiny(tmp_path / "tiny")
    made.fill()
    return made


@pytest.fixture(scope="session")
def _made_once(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    made = Tiny(tmp_path_factory.mktemp("made") / "tiny")
    made.fill()
    made.stages("make")
    return made


@pytest.fixture
def tiny_made(_made_once: Tiny, tmp_path: Path) -> Tiny:
    """The project, free to change, in which the first stage has run."""
    shutil.copytree(_made_once.path, tmp_path / "tiny", symlinks=True)
    return Tiny(tmp_path / "tiny")


@pytest.fixture(scope="session")
def tiny_ran(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """The project, in which all stages have run; to look at, not to change. `told` is what they printed."""
    made = Tiny(tmp_path_factory.mktemp("ran") / "tiny")
    made.fill()
    made.told = made.stages().stdout
    return made


@pytest.fixture
def tiny_copy(tiny_ran: Tiny, tmp_path: Path) -> Tiny:
    """A copy, free to change, of the project in which all stages have run."""
    shutil.copytree(tiny_ran.path, tmp_path / "copy", symlinks=True)
    return Tiny(tmp_path / "copy")


class Points(Tiny):
    """The project in README.md, which has nothing but defaults."""

    def fill(self) -> None:
        write(self.path, POINTS)
        (self.path / ".gitignore").write_text("/mlflow.db*\n/mlartifacts/\n/outputs/\n__pycache__/\n")

    def fill_with(self, files: Mapping[str, str]) -> None:
        """Make it of other files, and commit them."""
        write(self.path, files)
        self.init()
        self.commit()

    def init(self, *dvc: str, top: Path | None = None) -> None:
        """Make a git repository of it, or of a folder around it, and a DVC one."""
        self.run("git", "init", "-q", "-b", "main", str(top or self.path))
        for key, value in (("name", "test"), ("email", "test@localhost")):
            self.run("git", "config", f"user.{key}", value)
        self.run("dvc", *(dvc or ["init"]), "-q")


class Whole(Points):
    """A project as an engineer writes one."""

    def begin(self, name: str, script: str) -> None:
        """Take it from the folder of this name beside this file, have a script make its data, and commit."""
        shutil.copytree(HERE / name, self.path, ignore=UNTRACKED)
        self.run(sys.executable, script)
        self.init()
        self.commit()

    @contextmanager
    def ui(self) -> Iterator[str]:
        """`tracked ui`: the link that it prints."""
        process = self.start("tracked", "ui", "--port", str(own_port()))
        assert process.stdout
        assert process.stderr
        try:
            link = next((found[0] for line in process.stdout if (found := re.findall(r"http://\S+", line))), None)
            assert link, process.stderr.read()
            yield link
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)

    @contextmanager
    def serve_model(self, uri: str) -> Iterator[Callable[[object], tuple[int, Any]]]:
        """`mlflow models serve`: asks it, and gives the status and the JSON of the answer."""
        port, log = own_port(), self.path.parent / "serve.log"
        command = [sys.executable, "-m", "mlflow", "models", "serve", "-m", uri, "--env-manager", "local"]
        with log.open("w") as out:
            process = subprocess.Popen(
                [*command, "--port", str(port)],
                cwd=self.path,
                env=self.env(MLFLOW_TRACKING_URI="sqlite:///mlflow.db"),
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

        def ask(body: object) -> tuple[int, Any]:
            told = requests.post(f"http://127.0.0.1:{port}/invocations", json=body, timeout=60)
            return told.status_code, told.json()

        try:
            assert answers(f"http://127.0.0.1:{port}/ping", process), log.read_text()
            yield ask
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)

    def about_tracked(self) -> list[str]:
        """The lines that would not be there without tracked: project.py, and every line that names it or uses it."""
        files = self.run("git", "ls-files", "*.py", "*.yaml", "*.toml").stdout.split()
        made = {"params.yaml", "conf.lock.yaml"}
        found = []
        for file in sorted(set(files) - made):
            text = (self.path / file).read_text()
            names = re.findall(r"\w+", " ".join(re.findall(r"^from tracked import (.+)$", text, re.MULTILINE)))
            ours = re.compile(rf"\b({'|'.join(['tracked', *names])})\b")
            whole = file.endswith(("project.py", ".toml"))
            found += [f"{file}: {line}" for line in text.splitlines() if line and (whole or ours.search(line))]
        return found


@pytest.fixture
def page() -> Iterator[Any]:
    """An empty page in Chromium. Without Chromium its tests are skipped; on CI, which installs that, they fail."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Chromium is installed")
    with pytest.importorskip("playwright.sync_api").sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(viewport={"width": 1900, "height": 2000}).new_page()  # charts in sight are drawn
        page.set_default_timeout(60_000)
        yield page
        browser.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Whole]:
    """A project, by its folder's name and the script that makes its data, in which nothing has run."""

    def begun(name: str, script: str) -> Whole:
        made = Whole(tmp_path_factory.mktemp(name) / name)
        made.begin(name, script)
        return made

    return begun


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.fixture
def points(tmp_path: Path) -> Points:
    """The project of README.md in a folder of its own, in which nothing has run."""
    made = Points(tmp_path / "points")
    made.fill()
    return made


@pytest.fixture
def of_files(tmp_path: Path) -> Callable[[Mapping[str, str]], Points]:
    """A DVC project of the files that it is given, committed."""

    def begun(files: Mapping[str, str]) -> Points:
        made = Points(tmp_path / "mine")
        made.fill_with(files)
        return made

    return begun


class Environment:
    """A virtual environment outside of the repository. Its packages are links to those that are installed here, at the
    lock's versions; nothing else of this one is on its path."""

    def __init__(self, folder: Path, packages: Iterable[str]) -> None:
        self.bin = folder / "bin"
        venv.create(folder, symlinks=True)
        (self.site,) = folder.glob("lib/python*/site-packages")
        owners: dict[PurePath, set[str]] = {PurePath("hydra_plugins"): {"others"}}  # a folder that is written to
        places: dict[PurePath, Path] = {}
        for name in packages:
            installed = distribution(name)
            for file in installed.files or []:
                places[PurePath(file)] = Path(str(installed.locate_file("")))
                for path in (PurePath(file), *map(PurePath, file.parents)):
                    owners.setdefault(path, set()).add(name)
            for script in installed.entry_points.select(group="console_scripts"):
                self.script(script.name, script.module, script.attr)
        for file, source in places.items():
            # The largest folder around it that is one package's alone, or the file itself.
            path = next((p for p in (*list(file.parents)[-2::-1], file) if len(owners[p]) == 1), file)
            if path.parts[0] not in ("..", "__pycache__") and not (self.site / path).exists():
                (self.site / path).parent.mkdir(parents=True, exist_ok=True)
                (self.site / path).symlink_to(source / path)

    def script(self, name: str, module: str, function: str) -> None:
        file = self.bin / name
        file.write_text(f"#!{self.bin}/python\nimport sys\nfrom {module} import {function} as main\nsys.exit(main())\n")
        file.chmod(0o755)

    def install(self, wheel: Path) -> None:
        uv = ["uv", "pip", "install", "-q", "--offline", "--no-deps", "--python", self.bin / "python", wheel]
        subprocess.run(uv, check=True, env={**os.environ, "UV_LINK_MODE": "copy"})

    def env(self, **more: str) -> dict[str, str]:
        clean = {key: value for key, value in os.environ.items() if not key.startswith((*DROPPED, "VIRTUAL_ENV"))}
        return {**clean, "PATH": f"{self.bin}{os.pathsep}{clean['PATH']}", **more}


def needed(*wanted: str) -> set[str]:
    """The packages that packages need, themselves included; none of UNWANTED."""
    found: set[str] = set()
    left, seen = [Requirement(name) for name in wanted], set()
    while left:
        one = left.pop()
        name, extras = canonicalize_name(one.name), ("", *sorted(one.extras))
        if name in UNWANTED or (name, extras) in seen:
            continue
        seen.add((name, extras))
        found.add(name)
        more = [Requirement(line) for line in requires(name) or []]
        left += [it for it in more if not it.marker or any(it.marker.evaluate({"extra": extra}) for extra in extras)]
    return found - {"tracked"}


@pytest.fixture(scope="session")
def without_tracked(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with all that `tracked` needs, but not with `tracked`."""
    return Environment(tmp_path_factory.mktemp("without") / "venv", needed("tracked[sweep]"))


@pytest.fixture(scope="session")
def with_tracked(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with the wheel of `tracked`."""
    folder = tmp_path_factory.mktemp("with")
    build = ["uv", "build", "-q", "--wheel", "--offline", "--no-build-isolation", "--python", sys.executable]
    subprocess.run([*build, "-o", folder / "dist", HERE.parent], check=True)
    made = Environment(folder / "venv", needed("tracked[sweep]"))
    made.install(next((folder / "dist").glob("*.whl")))
    return made
