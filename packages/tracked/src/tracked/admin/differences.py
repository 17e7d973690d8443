"""In what two runs differ: settings, metrics, data, and the code that each ran, uncommitted changes included."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from mlflow.entities import Run
from mlflow.exceptions import MlflowException

from tracked.errors import UserError
from tracked.pages.pages import NULL
from tracked.project import here
from tracked.secrets.uncommitted import NAME
from tracked.store.store import Store

DATA = ("model_md5", "data_md5")  # tags
SHORTEST = 4  # characters of an id


def of(store: Store, first: str, second: str) -> list[str]:
    """Lines about two runs, named by ids, beginnings of ids, or names. Raises UserError when there is no such run."""
    a, b = (named(store, name) for name in (first, second))
    lines = [f"a: {_title(a)}", f"b: {_title(b)}"]
    for title, of_a, of_b in (
        ("settings", a.data.params, b.data.params),
        ("metrics", _metrics(a), _metrics(b)),
        ("data", _data(a), _data(b)),
    ):
        lines += ["", f"{title}:", *_changed(of_a, of_b)]
    return [*lines, "", "code:", *_code(store, a, b)]


def named(store: Store, name: str) -> Run:
    """The run with this id, an id that begins so, or of those with this name the newest. Raises UserError."""
    if len(name) == 32:
        with suppress(MlflowException):
            return store.client.get_run(name)
    runs = store.search("")
    found = [run for run in runs if len(name) >= SHORTEST and run.info.run_id.startswith(name)]
    found = found or [run for run in runs if run.info.run_name == name][:1]
    if len(found) != 1:
        told = f"{len(found)} runs begin with {name}" if found else f"no run has the id or the name {name}"
        raise UserError(f"{told}: `tracked runs` lists them")
    return found[0]


def _title(run: Run) -> str:
    return f"{run.info.run_id[:8]} {run.info.run_name}, {run.info.status}"


def _metrics(run: Run) -> dict[str, str]:
    return {name: f"{value:.6g}" for name, value in run.data.metrics.items() if not name.startswith("system/")}


def _data(run: Run) -> dict[str, str]:
    """The hashes of the model and its data, and the digests of the data sets."""
    hashes = {tag: run.data.tags[tag] for tag in DATA if tag in run.data.tags}
    sets = run.inputs.dataset_inputs if run.inputs else []
    return hashes | {f"data set {one.dataset.name}": one.dataset.digest for one in sets}


def _changed(a: Mapping[str, str], b: Mapping[str, str]) -> list[str]:
    # A setting that is null differs by nothing from one that is not given.
    keys = [key for key in sorted({**a, **b}) if a.get(key, NULL) != b.get(key, NULL)]
    return [f"  {key}: {a.get(key, '-')} -> {b.get(key, '-')}" for key in keys] or ["  the same"]


def _code(store: Store, a: Run, b: Run) -> list[str]:
    """What git tells between the trees of both."""
    known = []
    for run in (a, b):
        commit = run.data.tags.get("git_commit", "")
        known.append(f"{commit[:8] or 'no commit'}{' and changes' if run.data.tags.get('git_dirty') == 'true' else ''}")
    lines = [f"  {known[0]} -> {known[1]}"] if known[0] != known[1] else []
    with TemporaryDirectory() as folder, _objects(Path(folder)) as git:
        try:
            trees = [_tree(store, run, Path(folder), git) for run in (a, b)]
        except UserError as error:
            return [*lines, f"  not compared: {error}"]
        told = git("diff", "--no-color", "--no-ext-diff", *trees).decode(errors="replace").splitlines()
    return [*lines, *(f"  {line}" for line in told)] if told else [*lines, "  the same"]


@contextmanager
def _objects(folder: Path) -> Iterator:
    """Git whose new objects, and whose index, lie in a folder: the repository stays as it is."""

    def answer(*command: str) -> str:
        done = subprocess.run(["git", *command], cwd=here().code, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    top = Path(answer("rev-parse", "--show-toplevel") or here().code)
    own = {
        "GIT_OBJECT_DIRECTORY": str(folder / "objects"),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(here().code / answer("rev-parse", "--git-path", "objects")),
        "GIT_INDEX_FILE": str(folder / "index"),
    }
    (folder / "objects").mkdir()

    def git(*command: str, given: bytes = b"") -> bytes:
        env = {**os.environ, **own}
        done = subprocess.run(["git", *command], cwd=top, env=env, input=given, capture_output=True, check=False)
        if done.returncode:
            raise UserError(" ".join(done.stderr.decode(errors="replace").split()) or "git refuses")
        return done.stdout

    yield git


def _tree(store: Store, run: Run, folder: Path, git) -> str:
    """The tree of a run: its commit's, with its uncommitted changes."""
    commit = run.data.tags.get("git_commit", "")
    if not commit or commit == "unknown":
        raise UserError(f"{run.info.run_id[:8]} does not say its commit")
    try:
        git("read-tree", commit)
    except UserError:
        raise UserError(f"this clone does not have {commit[:8]}, the commit of {run.info.run_id[:8]}") from None
    if changes := _uncommitted(store, run, folder):
        git("apply", "--cached", "--whitespace=nowarn", given=changes)
    return git("write-tree").decode().strip()


def _uncommitted(store: Store, run: Run, folder: Path) -> bytes:
    """What the run, or the one that it is below, keeps of changes that no commit has."""
    for run_id in (run.info.run_id, run.data.tags.get("mlflow.parentRunId", "")):
        try:
            if run_id and NAME in [file.path for file in store.client.list_artifacts(run_id)]:
                return Path(store.client.download_artifacts(run_id, NAME, str(folder))).read_bytes()
        except MlflowException as error:
            raise UserError(f"{NAME} of {run_id[:8]} can't be read: {' '.join(str(error).split())}") from None
    return b""
