"""Where a run comes from: commit, DVC's experiment, and what MLflow itself finds out; asked once in a process."""

import os

from mlflow.tracking.context.registry import resolve_tags

from tracked.project import per_project
from tracked.runs import git
from tracked.runs.uncommitted import changes
from tracked.runs.withheld import named_secret


@per_project
def tags() -> dict[str, str]:
    """The tags of every run that this process makes."""
    dirty = any(not named_secret(change.path) for change in changes())
    found = resolve_tags() | {
        "git_commit": git.ask("rev-parse", "HEAD").decode().strip(),
        "git_dirty": str(dirty).lower(),
    }
    if name := os.environ.get("DVC_EXP_NAME"):
        found["dvc_experiment"] = name
    return found
