"""Where a run comes from: commit, uncommitted changes, DVC's experiment, and what MLflow itself finds out.

All of it is asked once in a process. What the pipeline writes while it runs is no change of the user's: dvc.lock and
the outputs that dvc.yaml declares are left out, and so is what usually holds passwords.
"""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from mlflow.tracking.context.registry import resolve_tags

from tracked import declared
from tracked.project import CODE

SECRETS = (".env", ".env.*", "*.key", "*.pem", "id_rsa", "id_ed25519", ".netrc", ".pypirc", "credentials.json")
LONGEST = 1_000_000  # characters; the rest of a longer difference is cut off


@cache
def tags() -> dict[str, str]:
    """The tags of every run that this process makes."""
    found = resolve_tags() | {
        "git_commit": _git("rev-parse", "HEAD").strip(),
        "git_dirty": str(bool(_changes())).lower(),
    }
    if name := os.environ.get("DVC_EXP_NAME"):
        found["dvc_experiment"] = name
    return found


@cache
def uncommitted() -> str:
    """The difference to the commit as `git apply` takes it, new files included; "" when there is none.

    In the temporary copy of a DVC experiment too: what differs there is the experiment itself, which DVC keeps.
    """
    if ".dvc/tmp/exps" in CODE.as_posix() or not _changes():
        return ""
    with TemporaryDirectory() as folder:  # new files show in a difference when an index lists them: not the user's own
        index = Path(folder) / "index"
        own = CODE / _git("rev-parse", "--git-path", "index").strip()
        if own.exists():
            shutil.copy(own, index)
        env = {"GIT_INDEX_FILE": str(index)}
        _git("add", "--intent-to-add", *_ours(), **env)
        diff = _git("diff", "HEAD", *_ours(), **env)
    return diff if len(diff) <= LONGEST else diff[:LONGEST] + "\n[cut off here]\n"


@cache
def _changes() -> str:
    return _git("status", "--porcelain", *_ours())


@cache
def _ours() -> list[str]:
    """What git is to look at, as its path patterns."""
    written = [f":(top,exclude,literal){path}" for path in ("dvc.lock", *declared.only_written())]
    secret = [f":(top,exclude,glob)**/{name}" for name in SECRETS]
    return ["--", ":/", *written, *secret]


def _git(*command: str, **env: str) -> str:
    """What git answers about the code, "" outside of a repository."""
    done = subprocess.run(["git", *command], cwd=CODE, env={**os.environ, **env}, capture_output=True, check=False)
    return done.stdout.decode(errors="replace")
