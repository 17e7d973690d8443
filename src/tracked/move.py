"""Move the runs of this repository's own store to a server that a team shares; what is here stays as it is.

`python -m PACKAGE.move [--folder FOLDER]`, where PACKAGE holds the project's stages, on the machine of the server, with
what that is started with: the folder, and MLFLOW_BACKEND_STORE_URI and MLFLOW_ARTIFACTS_DESTINATION if they are set.
"""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tracked import interrupts
from tracked.errors import UserError
from tracked.project import ROOT, project
from tracked.stages.lines import errors_in_one_line

if TYPE_CHECKING:
    from tracked.runs.moving import Count


def move_to(folder: Path) -> None:
    """Move all, and tell how much. Raises UserError when not all of it has arrived."""
    from tracked.runs.moved_to_server import move  # slow to import: --help need not wait for it
    from tracked.runs.shared_store import VARIABLE

    folder.mkdir(parents=True, exist_ok=True)
    database = os.environ.get(VARIABLE) or f"sqlite:///{folder}/mlflow.db"
    counts = move(ROOT, database, os.environ.get("MLFLOW_ARTIFACTS_DESTINATION") or f"{folder}/artifacts")
    print(table(counts))
    if left := [count.what for count in counts if not count.whole]:
        raise UserError(f"not all is moved: this project writes no {', '.join(left)}, and does not know how to")


def table(counts: Sequence["Count"]) -> str:
    """A row a kind of entry."""
    rows = [("", "here", "there before", "moved")]
    rows += [(count.what, str(count.here), str(count.before), str(count.moved)) for count in counts]
    return "\n".join(f"{what:26}{here:>9}{before:>14}{moved:>9}" for what, here, before, moved in rows)


def main() -> None:
    """The command. Exits with one line and code 1 when something is not moved."""
    about = __doc__.partition("\n")[0]
    parser = argparse.ArgumentParser(prog=f"python -m {project().module('move')}", description=about)
    parser.add_argument("--folder", type=Path, default=ROOT / "server", help="the server's (default: %(default)s)")
    folder = parser.parse_args().folder
    interrupts.install()
    with errors_in_one_line():
        move_to(folder.resolve())
