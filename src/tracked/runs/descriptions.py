"""What stands on a run's page: what it is, and what makes it again."""

from collections.abc import Mapping

from tracked.project import project

DIFF = "uncommitted.diff"  # among the run's artifacts, when the tree had changes that no commit has


def description(tags: Mapping[str, str], uncommitted: bool) -> str:
    """Markdown, from the tags of a run."""
    about = project().page.ABOUT.get(tags.get("stage", "sweep" if "sweep" in tags else "configuration"), "")
    if "command" not in tags:
        return about
    lines = [tags["command"]]
    if uncommitted:
        lines.insert(0, f"git apply {DIFF}")
    if commit := tags.get("git_commit"):
        lines.insert(0, f"git checkout {commit}")
    changes = f" The tree had changes that no commit has: `{DIFF}` among the artifacts." if uncommitted else ""
    return "\n".join([about, "", f"To make it again:{changes}", "", "```", *lines, "```"])
