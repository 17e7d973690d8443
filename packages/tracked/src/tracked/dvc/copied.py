"""What the copy of a repository lacks in which `dvc exp run --temp` and DVC's queue run: DVC copies what it or git
tracks."""

import shlex
from collections.abc import Mapping
from typing import Any

from tracked.errors import UserError
from tracked.project import here, project


def check(settings: Mapping[str, Any]) -> None:
    """Raises UserError for a file that the settings name, if it lies in the repository, but not in the copy of it."""
    code, root = here().code, here().root
    for path in project().read_by(dict(settings)):
        lacked = not (code / path).exists() and (code / path).is_relative_to(code)
        below = (code / path).relative_to(code) if lacked else path
        if lacked and (root / below).exists():
            raise UserError(
                f"{below} is not in the copy of the repository in which DVC runs this, as neither git nor DVC "
                f"tracks it: `git add {shlex.quote(str(below))}`, or `dvc add` for a large file"
            )
