"""Move the runs of this project's own store to a server that a team shares; what is here stays as it is.

`tracked move [--folder FOLDER]`, on the machine of the server, with what that is started with: the folder, and
MLFLOW_BACKEND_STORE_URI and MLFLOW_ARTIFACTS_DESTINATION if they are set.
"""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tracked.errors import UserError
from tracked.project import here

if TYPE_CHECKING:
    from tracked.admin.moving import Count


def move_to(folder: Path) -> None:
    """Move all, and tell how much. Raises UserError when not all of it has arrived."""
    from tracked.admin.moved_to_server import move  # slow to import: --help need not wait for it
    from tracked.admin.shared_store import VARIABLE
    from tracked.store.database_uri import uri_of

    folder.mkdir(parents=True, exist_ok=True)
    database = os.environ.get(VARIABLE) or uri_of(folder / "mlflow.db")
    counts = move(here().root, database, os.environ.get("MLFLOW_ARTIFACTS_DESTINATION") or f"{folder}/artifacts")
    print(table(counts))
    if left := [count.what for count in counts if not count.whole]:
        raise UserError(
            f"not everything was moved: `tracked` can't move {', '.join(left)}, which it does not write itself"
        )


def table(counts: Sequence["Count"]) -> str:
    """A row a kind of entry."""
    rows = [("", "here", "there before", "moved")]
    rows += [(count.what, str(count.here), str(count.before), str(count.moved)) for count in counts]
    return "\n".join(f"{what:26}{here:>9}{before:>14}{moved:>9}" for what, here, before, moved in rows)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", type=Path, help="the server's (default: server/ in the project)")


def run(given: argparse.Namespace) -> None:
    move_to((given.folder or here().root / "server").resolve())
