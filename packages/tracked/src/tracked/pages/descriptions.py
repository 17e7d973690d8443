"""What stands on a run's page: what it is, and the commands that reproduce it."""

import re
from collections.abc import Mapping

from tracked.project import project
from tracked.secrets.uncommitted import NAME, Uncommitted

MOST_NAMES = 10  # of files that are not kept
WIDEST = 68  # characters of a command's line: a longer one pushes the page's right column out of a window 1280 wide
WORD = re.compile(r"""(?:'[^']*'|"[^"]*"|[^\s'"])+""")  # of a command, as `shlex.join` quotes it


def description(tags: Mapping[str, str], changes: Uncommitted) -> str:
    """Markdown, from the tags of a run and what the tree had that no commit has."""
    text = project().page.description(tags.get("stage", "sweep" if "sweep" in tags else "configuration"))
    if "command" not in tags:
        return text
    lines = [over_lines(tags["command"])]
    if changes.diff:
        lines.insert(0, f"git apply {NAME}")
    if (commit := tags.get("git_commit")) and commit != "unknown":
        lines.insert(0, f"git checkout {commit}")
    if "restored" in tags:
        text += "\n\nDVC brought the outputs; they were not computed in a run of this store."
    if why := tags.get("git_refusal"):
        text += f"\n\nWhich code made it is unknown, as git refused: {why}."
    told = f" (the working tree had uncommitted changes, saved as `{NAME}`)" if changes.diff else ""
    return "\n".join([text, "", f"To reproduce{told}:{_left_out(changes)}", "", "```", *lines, "```"])


def over_lines(command: str) -> str:
    """A command with its words over as many lines as the page has room for, as a shell takes it too."""
    lines: list[str] = []
    for word in WORD.findall(command):
        if lines and len(lines[-1]) + len(word) < WIDEST:
            lines[-1] += f" {word}"
        else:
            lines.append(f"  {word}" if lines else word)
    return " \\\n".join(lines)


def _left_out(changes: Uncommitted) -> str:
    """Which changes are not kept, the first of many by name."""
    names = [name.replace("`", "'") for name in changes.left_out[:MOST_NAMES]]
    if not names:
        return ""
    more = len(changes.left_out) - len(names)
    return f" Changed but not saved: `{'`, `'.join(names)}`{f', and {more} more' if more else ''}."
