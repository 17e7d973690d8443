"""The code that goes with a served model: a copy of its package, without what git ignores and what holds secrets."""

import shutil
import sys
from pathlib import Path

from tracked.project import here
from tracked.runs import git, withheld


def copy(package: Path, to: Path) -> Path:
    """Copy a package of this repository below the folder `to`. Says so when a module is left out. Where the copy is."""
    listed = git.names("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", str(package))
    files = [here().code / name for name in listed] or [
        file for file in package.rglob("*") if "__pycache__" not in file.parts
    ]
    for file in sorted({*files}):
        if file.is_symlink() or not file.is_file():  # a link can lead out of the repository
            continue
        below = file.relative_to(package.parent)
        if withheld.named_secret(str(below)) or withheld.holds(file.name, file.read_bytes().decode(errors="replace")):
            if file.suffix == ".py":
                print(f"warning: {file} holds a password or key: the model is logged without it", file=sys.stderr)
            continue
        (to / below).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, to / below)
    return to / package.name
