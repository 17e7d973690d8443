"""Git, asked about the code. What it answers is never more than can be kept in memory, whatever lies in the tree."""

import os
import subprocess
from collections.abc import Iterable

from tracked.errors import UserError
from tracked.project import here, per_project

MOST = 16 * 2**20  # bytes of an answer that are read
BIG = 2**20  # bytes: larger files git reads piece by piece, and does not compare line by line
ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")  # variables by which git would tell of another tree
ALWAYS = ("--no-optional-locks", "-c", f"core.bigFileThreshold={BIG}", "-c", "core.quotePath=false")


def ask(*command: str, **env: str) -> bytes:
    """What git answers, asked where the code lies; b"" when it refuses, as outside of a repository.

    Raises UserError when git is not there.
    """
    try:
        process = subprocess.Popen(
            ["git", *ALWAYS, *command],
            cwd=here().code,
            env={**_env(), **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise UserError("git is not on the PATH: install it, as each run records the commit of its code") from None
    except OSError:  # a command too long for the system
        return b""
    with process:
        assert process.stdout is not None
        answer = process.stdout.read(MOST)
        if process.stdout.read(1):
            process.kill()
            return answer
    return b"" if process.returncode else answer


@per_project
def refusal() -> str:
    """Why git tells nothing of the code, "" when it does: there is no repository or no commit, or it is another user's.

    Raises UserError when git is not there.
    """
    ask("--version")
    command = ["git", *ALWAYS, "status", "--porcelain", "--", "."]
    done = subprocess.run(command, cwd=here().code, env=_env(), capture_output=True, check=False)
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or [f"it ended with {done.returncode}"]
        return " ".join(lines[0].removeprefix("fatal: ").split())
    return "" if ask("rev-parse", "--verify", "HEAD") else "there is no commit yet"


def _env() -> dict[str, str]:
    """The environment without what would lead git elsewhere, as in another repository's hooks."""
    return {key: value for key, value in os.environ.items() if key not in ELSEWHERE}


def names(*command: str) -> list[str]:
    """The entries of an answer that git ends with a zero byte each; one that is cut off is none."""
    return [os.fsdecode(entry) for entry in ask(*command).split(b"\0")[:-1]]


def literally(paths: Iterable[str]) -> list[str]:
    """Paths from the repository's top as git's patterns."""
    return [f":(top,literal){path}" for path in paths]
