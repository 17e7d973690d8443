"""What differs from the commit, as `git apply` takes it, without secrets and without what is large.

Changes of tracked files, and new files below the project's folders of code. What the pipeline writes while it runs is
no change of the user's: dvc.lock, models.lock, and the outputs that dvc.yaml declares.
"""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tracked import remembered, strays
from tracked.dvc import declared
from tracked.messages import one_line
from tracked.project import MODELS_LOCK, here, per_project, project
from tracked.secrets import git, withheld

if TYPE_CHECKING:
    from mlflow import MlflowClient

NAME = "uncommitted.diff"  # among the artifacts of a run
MOST_OF_A_FILE = git.BIG  # bytes, before and after: git compares no larger ones line by line
MOST_IN_ALL = 5 * 2**20
MOST_FILES = 1000
DATA = (  # how names of data end
    "csv", "tsv", "npy", "npz", "parquet", "feather", "arrow", "avro", "orc", "h5", "hdf5", "mat", "nc",
    "arff", "jsonl", "ndjson", "tfrecord", "dat", "bin", "png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff",
    "webp", "wav", "mp3", "flac", "mp4", "xls", "xlsx", "ods", "zip", "gz", "tgz", "bz2", "xz", "zst",
    "7z", "tar", "db", "sqlite", "pkl", "pickle", "joblib", "pt", "pth", "ckpt", "safetensors", "onnx",
    "keras", "rds", "dta", "sav",
)  # fmt: skip
CODE = (".py", ".pyi", ".ipynb", ".sh", ".yaml", ".yml", ".toml", ".cfg", ".ini", ".lock", ".md")  # wherever it lies
DIFF = ("diff", "HEAD", "--binary", "--full-index", "--no-renames", "--no-color", "--no-ext-diff", "--no-textconv")
PLAIN = ("--no-relative", "--unified=3", "--inter-hunk-context=0", "--src-prefix=a/", "--dst-prefix=b/")


@dataclass(frozen=True)
class Uncommitted:
    """The difference, b"" if there is none, and which files are not in it, each with the reason."""

    diff: bytes = b""
    left_out: tuple[str, ...] = ()

    def keep(self, client: "MlflowClient", run_id: str) -> None:
        """Log the difference with a run, as the bytes that it is: it can hold files in any encoding."""
        if self.diff:
            with TemporaryDirectory() as folder:
                file = Path(folder) / NAME
                file.write_bytes(self.diff)
                client.log_artifact(run_id, str(file))


@dataclass(frozen=True)
class Change:
    path: str  # from the top of the repository
    new: bool


@per_project
def changes() -> tuple[Change, ...]:
    """The files that differ from the commit, a new folder as one; none of those that the pipeline writes.

    A person may edit an output that persists, as params.yaml, but a new one is as the pipeline wrote it.
    """
    found = git.names("status", "--porcelain", "-z", "--no-renames", "--untracked-files=normal", *_ours())
    made = {f"{_prefix()}{path}" for path in declared.outputs()}
    each = (Change(entry[3:], entry.startswith("??")) for entry in found)
    return tuple(change for change in each if not (change.new and change.path in made))


@per_project
def uncommitted() -> Uncommitted:
    """The difference to the commit.

    In the temporary copy of a DVC experiment none: what differs there is the experiment itself, which DVC keeps.
    """
    if ".dvc/tmp/exps" in here().code.as_posix() or not changes():
        return Uncommitted()
    if not project().uncommitted:
        return Uncommitted(left_out=("all of it (the project keeps none)",))
    chosen, too_much = _chosen(_candidates())
    left_out = _elsewhere() | too_much
    parts = _by_file(_difference(chosen)) if chosen else []
    for lost in {change.path for change in chosen} - {path for path, _ in parts}:
        left_out[lost] = "git shows no difference"
    for path, part in parts:
        if _tells_secret(path, part):
            left_out[path] = "holds a password or key"
    diff = b"".join(part for path, part in parts if path not in left_out)
    return Uncommitted(diff, tuple(one_line(f"{path} ({why})") for path, why in sorted(left_out.items())))


def _candidates() -> list[Change]:
    """Edited files wherever they lie, and new ones below the project's folders of code."""
    edited = [change for change in changes() if not change.new]
    new = git.names("ls-files", "--others", "--exclude-standard", "--full-name", "-z", *_ours(project().sources))
    return [*edited, *(Change(path, new=True) for path in new)]


def _elsewhere() -> dict[str, str]:
    """The new files and folders that lie elsewhere, by path, with why each is left out: what is data, file by file."""
    reasons: dict[str, str] = {}
    sources = tuple(f"{_prefix()}{folder}/" for folder in project().sources)
    for change in changes():
        if not change.new or change.path.startswith(sources):
            continue
        files = _files(change.path)
        data = [path for path in files if _is_data(path)]
        reasons |= {path: _told_of_data(path) for path in data}
        if not files or len(data) < len(files):
            reasons[change.path] = f"new, and not below {', '.join(project().sources)}"
    return reasons


def _chosen(candidates: list[Change]) -> tuple[list[Change], dict[str, str]]:
    """The changes to be kept, as long as there is room; and by path why the others are not."""
    before = _sizes_before([change.path for change in candidates if not change.new][:MOST_FILES])
    chosen: list[Change] = []
    reasons: dict[str, str] = {}
    room = MOST_IN_ALL
    for change in candidates:
        sizes = before.get(change.path, 0), _size(change.path)
        why = _why_not(change.path, max(sizes))
        if not why and (sum(sizes) > room or len(chosen) == MOST_FILES or change.path.endswith("/")):
            why = f"more than {MOST_IN_ALL // 2**20} MiB or {MOST_FILES} files in all"
        if why:
            reasons[change.path] = why
        else:
            chosen.append(change)
            room -= sum(sizes)
    return chosen, reasons


def _why_not(path: str, size: int) -> str:
    """Why a file is not kept, whatever else is; "" if it may be."""
    if withheld.named_secret(path):
        return "its name says secret"
    if _is_data(path):
        return _told_of_data(path)
    return f"larger than {MOST_OF_A_FILE // 2**20} MiB" if size > MOST_OF_A_FILE else ""


def _files(path: str) -> list[str]:
    """The new files below a new folder, the first of very many; a file itself."""
    if not path.endswith("/"):
        return [path]
    new = ("ls-files", "--others", "--exclude-standard", "--full-name", "-z")
    return git.names(*new, "--", *git.literally([path]), *strays.left_out())[:MOST_FILES]


def _is_data(path: str) -> bool:
    """Whether a file is data, which is not kept: by its folder, by its name, or as stages read it and it is no code."""
    own = path.removeprefix(_prefix())
    if (
        own.startswith(tuple(f"{folder}/" for folder in project().data))
        or PurePosixPath(own).suffix.lower().lstrip(".") in DATA
    ):
        return True
    if own.startswith(tuple(f"{folder}/" for folder in project().sources)) or own.lower().endswith(CODE):
        return False
    return any(own == read or own.startswith(f"{read}/") for read in declared.only_read())


def _told_of_data(path: str) -> str:
    file = here().code / path.removeprefix(_prefix())
    return f"data, md5 {remembered.md5s([file])[file]}" if file.is_file() else "data"


def _difference(chosen: Iterable[Change]) -> bytes:
    """What git shows of the changes. New files show when an index lists them: not the user's own."""
    with TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        own = here().code / os.fsdecode(git.ask("rev-parse", "--git-path", "index").strip())
        if own.exists():
            shutil.copy(own, index)
        env = {"GIT_INDEX_FILE": str(index)}
        if new := git.literally(change.path for change in chosen if change.new):
            git.ask("add", "--intent-to-add", "--", *new, **env)
        return git.ask(*DIFF, *PLAIN, "--", *git.literally(change.path for change in chosen), **env)


def _by_file(diff: bytes) -> list[tuple[str, bytes]]:
    """A difference file by file: no line of a file's content begins as these headers do."""
    parts = [b"diff --git " + part + b"\n" for part in (b"\n" + diff.removesuffix(b"\n")).split(b"\ndiff --git ")[1:]]
    return [(_name(part), part) for part in parts]


def _name(part: bytes) -> str:
    """The file that a part is about: its header has the name twice, in quotes if it is an unusual one."""
    both = part.partition(b"\n")[0].removeprefix(b"diff --git ")
    one = both[: len(both) // 2]
    if one.startswith(b'"'):
        one = one.strip(b'"').decode("unicode_escape").encode("latin-1")
    return os.fsdecode(one.removeprefix(b"a/"))


def _tells_secret(path: str, part: bytes) -> bool:
    text = part.decode(errors="replace")
    if "\nGIT binary patch\n" in text and (here().code / path.removeprefix(_prefix())).is_file():
        text = (here().code / path.removeprefix(_prefix())).read_bytes().replace(b"\0", b"").decode(errors="replace")
    return withheld.holds(path, text)


def _sizes_before(paths: list[str]) -> dict[str, int]:
    """The sizes that files have in the commit."""
    rows = git.names("ls-tree", "-r", "-l", "-z", "--full-tree", "HEAD", "--", *paths) if paths else []
    split = (row.partition("\t") for row in rows)
    return {path: int(size) for about, _, path in split if (size := about.split()[3]).isdigit()}


def _size(path: str) -> int:
    file = here().code / path.removeprefix(_prefix())
    return file.lstat().st_size if os.path.lexists(file) else 0


@per_project
def _prefix() -> str:
    """Where the code lies below the repository's top, with a / at the end if it does."""
    return os.fsdecode(git.ask("rev-parse", "--show-prefix").strip())


@per_project
def _ours(folders: tuple[str, ...] = (".",)) -> list[str]:
    """What git is to look at, as its path patterns."""
    written = (f":(exclude,literal){path}" for path in ("dvc.lock", MODELS_LOCK, *declared.only_written()))
    return ["--", *folders, *written, *strays.left_out()]
