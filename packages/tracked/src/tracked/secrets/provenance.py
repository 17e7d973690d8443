"""Where a run comes from: commit, DVC's experiment, and what MLflow itself finds out; asked once in a process."""

import os
import sys

from mlflow.tracking.context.registry import resolve_tags

from tracked.project import per_project
from tracked.secrets import git
from tracked.secrets.uncommitted import changes
from tracked.secrets.withheld import named_secret

UNKNOWN = "unknown"


@per_project
def tags() -> dict[str, str]:
    """The tags of every run that this process makes."""
    if told := unknown():
        why = told["git_refusal"]
        print(f"warning: runs can't record the commit of their code, as git refuses: {why}", file=sys.stderr)
        found = resolve_tags() | told
    else:
        dirty = any(not named_secret(change.path) for change in changes())
        commit = git.ask("rev-parse", "HEAD").decode().strip()
        found = resolve_tags() | {"git_commit": commit, "git_dirty": str(dirty).lower()}
    if name := os.environ.get("DVC_EXP_NAME"):
        found["dvc_experiment"] = name
    return found


def unknown() -> dict[str, str]:
    """The tags of a run of which git does not tell the code, and why; {} where it does."""
    why = git.refusal()
    return {"git_commit": UNKNOWN, "git_dirty": UNKNOWN, "git_refusal": why} if why else {}
