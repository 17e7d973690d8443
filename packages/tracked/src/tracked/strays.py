"""Files that editors, systems and tools leave beside others: no code, no settings and no data.

They are matched by names that nothing else has, wherever they lie. Vim's short-lived `4913` is not among them: a sample
of a data set may be called so.
"""

import re
from fnmatch import translate
from pathlib import PurePath

NAMES = (
    *("*~", "#*#", ".#*", ".*.sw[a-p]", ".*.kate-swp", "*___jb_???___", ".~lock.*#", "~$*"),  # editors, office suites
    *(".DS_Store", "._*", "Thumbs.db", ".directory", ".Trash-*", ".nfs*", ".fuse_hidden*"),  # systems
    *("__pycache__", ".ipynb_checkpoints", ".mypy_cache", ".pytest_cache", ".ruff_cache", "*.egg-info"),  # Python
)
ANY = re.compile("|".join(map(translate, NAMES)))


def is_stray(path: PurePath) -> bool:
    """Whether a file, or a folder in its path, has such a name."""
    return any(map(ANY.match, path.parts))


def lines() -> list[str]:
    """The names as .gitignore and .dvcignore have them, where a # begins a comment."""
    return [f"\\{name}" if name.startswith("#") else name for name in NAMES]


def left_out() -> list[str]:
    """The names as git's path patterns, which leave out these files and what is in such folders."""
    return [f":(exclude,glob)**/{name}{below}" for name in NAMES for below in ("", "/**")]
