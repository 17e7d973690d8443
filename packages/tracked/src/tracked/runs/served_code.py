"""The code that goes with a served model: a copy of its package, without what git ignores and what holds secrets."""

import shutil
import sys
from pathlib import Path

from tracked import strays
from tracked.project import here
from tracked.secrets import git, withheld


def copy(package: Path, to: Path) -> Path:
    """Copy a package of this repository below the folder `to`. Says so when a module is left out. Where the copy is."""
    listed = git.names("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", str(package))
    files = [here().code / name for name in listed] or package.rglob("*")
    for file in sorted({*files}):
        below = file.relative_to(package.parent)
        if file.is_symlink() or not file.is_file() or strays.is_stray(below):  # a link can lead out of the repository
            continue
        if withheld.named_secret(str(below)) or withheld.holds(file.name, file.read_bytes().decode(errors="replace")):
            if file.suffix == ".py":
                print(
                    f"warning: {file} contains a password or key: the model is logged without this file",
                    file=sys.stderr,
                )
            continue
        (to / below).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, to / below)
    return to / package.name
