"""The process that `ask` starts: `python -m tracked.serving.answer WHERE URI FILE [--at-once] [--trust]`.

It sends the model's file FILE, its length before it; takes rows and sends outputs, both as .npy.
"""

import sys
from contextlib import redirect_stdout
from io import BytesIO

import numpy as np

from tracked.errors import UserError
from tracked.project import Where, enter, here, project
from tracked.runs import models, sync
from tracked.serving.ask import AT_ONCE, LENGTH, NOT_YET, TRUST


def main() -> None:
    """By standard input and output. A failure is one line on standard error and exit code 1.

    Without --at-once it ends with NOT_YET when there is something to restore, which the model may be. With --trust the
    model may be one that this project has not registered.
    """
    _, where, uri, file, *options = sys.argv
    enter(Where.parsed(where))
    refuse_todays_code()
    out = sys.stdout.buffer
    try:
        if AT_ONCE not in options and sync.to_do():
            sys.exit(NOT_YET)
        with redirect_stdout(sys.stderr):  # what a model prints is no part of the answer
            model, files = models.load(here().root, uri, TRUST in options)
            content = files[file].read_bytes() if file in files else None
        out.write((-1 if content is None else len(content)).to_bytes(LENGTH, signed=True) + (content or b""))
        out.flush()
        rows = np.load(BytesIO(sys.stdin.buffer.read()), allow_pickle=False)
        with redirect_stdout(sys.stderr):
            outputs = np.asarray(model(rows))
    except UserError as error:
        sys.exit(str(error))
    except Exception as error:  # the model's own code, of whatever age, can raise anything
        sys.exit(f"{uri} gives no answer: {type(error).__name__}: {' '.join(str(error).split())}")
    answer = BytesIO()
    np.save(answer, outputs, allow_pickle=False)
    out.write(answer.getvalue())


def refuse_todays_code() -> None:
    """Raises RuntimeError when the package that models carry is imported already: a model would run this one."""
    if project().served in sys.modules:
        raise RuntimeError(f"{project().package}.project imports {project().served}: no model could run its own copy")


if __name__ == "__main__":
    main()
