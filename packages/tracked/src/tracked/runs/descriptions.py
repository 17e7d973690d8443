"""What stands on a run's page: what it is, and what makes it again."""

from collections.abc import Mapping

from tracked.project import project
from tracked.runs.uncommitted import NAME, Uncommitted

MOST_NAMES = 10  # of files that are not kept


def description(tags: Mapping[str, str], changes: Uncommitted) -> str:
    """Markdown, from the tags of a run and what the tree had that no commit has."""
    about = project().page.about(tags.get("stage", "sweep" if "sweep" in tags else "configuration"))
    if "command" not in tags:
        return about
    lines = [tags["command"]]
    if changes.diff:
        lines.insert(0, f"git apply {NAME}")
    if (commit := tags.get("git_commit")) and commit != "unknown":
        lines.insert(0, f"git checkout {commit}")
    if "restored" in tags:
        about += "\n\nNo run of this store made it: DVC brought the outputs."
    if why := tags.get("git_refusal"):
        about += f"\n\nWhich code made it is unknown, as git refused: {why}."
    told = f" The tree had changes that no commit has: `{NAME}` among the artifacts." if changes.diff else ""
    return "\n".join([about, "", f"To make it again:{told}{_left_out(changes)}", "", "```", *lines, "```"])


def _left_out(changes: Uncommitted) -> str:
    """Which changes are not kept, the first of many by name."""
    names = [name.replace("`", "'") for name in changes.left_out[:MOST_NAMES]]
    if not names:
        return ""
    more = len(changes.left_out) - len(names)
    return f" Changed but not kept: `{'`, `'.join(names)}`{f', and {more} more' if more else ''}."
