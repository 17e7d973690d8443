"""The stages; `python -m pipeline` runs all of them in one process."""

import signal
import sys
from pathlib import Path

# The libraries beside this folder, not the installed ones: DVC runs queued experiments in copies of the repository.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

# Of a command alone, which `python -m` is still looking for: a notebook or a test that imports this keeps its Ctrl-C.
if sys.argv[0] == "-m" and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C in the imports ends a command without Python's traceback
