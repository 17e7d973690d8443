"""Ask a registered model from the command line: `tracked predict FILE.csv`, or any file that the model takes.

The model runs in this process, which must not have imported the project's own code: a model brings its own copy along.
"""

import argparse
import signal
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracked.errors import UserError
from tracked.messages import one_line
from tracked.project import here, project
from tracked.runs import sync
from tracked.waiting import waiting

if TYPE_CHECKING:
    import pandas as pd

    from tracked.serving.loaded import Loaded

SYNC = "from tracked.command import main; main()"
MOST_NAMED = 300  # characters of a message that lists columns


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="a CSV file with one row per sample, or any file that the model takes"
    )
    parser.add_argument("--model", metavar="URI", help="an MLflow URI such as models:/NAME/3 (default: the champion)")
    parser.add_argument("--trust", action="store_true", help="also run a model that this project has not registered")


def run(given: argparse.Namespace) -> None:
    """Print what the model gives for the file, as CSV. Raises UserError."""
    if not given.file.is_file():  # before a model is loaded, which takes seconds
        raise UserError(f"{given.file} is {'a folder: name a file in it' if given.file.exists() else 'missing'}")
    uri = given.model or f"models:/{project().registered}@champion"
    with waiting(f"Loading {uri}"), redirect_stdout(sys.stderr):  # what a model prints is no part of the answer
        if sync.to_do():  # the model may be among what DVC brought; stages tell of it, with today's code
            subprocess.run([sys.executable, "-c", SYNC, "sync"], cwd=here().code, stdout=sys.stderr, check=False)
        from tracked.serving import loaded
        from tracked.serving.answer import refuse_todays_code

        refuse_todays_code()
        table = answers(loaded.load(here().root, uri, given.trust), uri, given.file)
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # once `| head` has seen enough, this ends as other commands do
    table.to_csv(sys.stdout, index=False, lineterminator="\n")


def answers(model: "Loaded", uri: str, file: Path) -> "pd.DataFrame":
    """What a model gives for a file, with the names of its outputs. Raises UserError when it gives nothing."""
    question = file.read_bytes() if model.takes_file else rows(model, file)
    try:
        return named(model.predict(question), model.outputs)
    except Exception as error:  # the model's own code, of whatever age, can raise anything
        kind = "" if model.is_refusal(error) else f"{type(error).__name__}: "
        raise UserError(f"{uri} gives no answer for {file}: {kind}{one_line(error)}") from None


def rows(model: "Loaded", file: Path) -> Any:
    """The rows of a CSV file: by the model's columns, or where these have no names, numbers. Raises UserError."""
    import pandas as pd

    try:
        if model.columns is None and model.takes_array:
            return numbers(pd.read_csv(file, header=None, dtype=str))
        table = pd.read_csv(file, dtype=model.types)
        if model.columns is None:
            return table
    except (ValueError, OSError) as error:  # pandas' own errors of a file are such, too
        raise UserError(f"{file} is not readable CSV: {one_line(error)}") from None
    if missing := [name for name in model.columns if name not in table and name not in model.optional]:
        told = f"{file} has no column {', '.join(missing)}, which the model takes, but {', '.join(map(str, table))}"
        raise UserError(told[:MOST_NAMED])
    return table[[name for name in model.columns if name in table]]


def numbers(table: "pd.DataFrame") -> Any:
    """The cells as floats, without a heading. Raises ValueError."""
    import pandas as pd

    heading = pd.to_numeric(table.iloc[0], errors="coerce").isna().all()
    return (table.iloc[1:] if heading else table).to_numpy().astype(float)


def named(found: Any, names: list[str] | None) -> "pd.DataFrame":
    """Answers as a table. Raises ValueError for those that are none."""
    import numpy as np
    import pandas as pd

    if isinstance(found, pd.DataFrame):
        return found
    cells = np.asarray(found)
    cells = cells[:, None] if cells.ndim == 1 else np.atleast_2d(cells)
    if cells.ndim != 2:
        raise ValueError(f"answers of the shape {cells.shape} are no table")
    n = cells.shape[1]
    return pd.DataFrame(cells, columns=names if names and len(names) == n else _numbered(n))


def _numbered(n: int) -> list[str]:
    return ["output"] if n == 1 else [f"output_{number}" for number in range(1, n + 1)]
