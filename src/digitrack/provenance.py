"""What in the working tree differs from its commit."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

BUT_THE_LOCK = ("--", ":/", ":(top,exclude)dvc.lock")  # which `dvc repro` writes while it runs
LONGEST = 1_000_000  # characters; the rest of a longer difference is cut off


@cache
def uncommitted() -> str:
    """The difference to the commit as `git apply` takes it, new files included; "" when there is none.

    In the temporary copy of a DVC experiment too: what differs there is the experiment itself, which DVC keeps.
    """
    if ".dvc/tmp/exps" in Path.cwd().as_posix() or not _git("status", "--porcelain", *BUT_THE_LOCK):
        return ""
    with TemporaryDirectory() as folder:  # new files show in a difference when an index lists them: not the user's own
        index = Path(folder) / "index"
        own = Path(_git("rev-parse", "--git-path", "index").strip())
        if own.exists():
            shutil.copy(own, index)
        env = {"GIT_INDEX_FILE": str(index)}
        _git("add", "--intent-to-add", ":/", **env)
        diff = _git("diff", "HEAD", *BUT_THE_LOCK, **env)
    return diff if len(diff) <= LONGEST else diff[:LONGEST] + "\n[cut off here]\n"


def _git(*command: str, **env: str) -> str:
    """What git answers, "" outside of a repository."""
    done = subprocess.run(["git", *command], env={**os.environ, **env}, capture_output=True, check=False)
    return done.stdout.decode(errors="replace")
