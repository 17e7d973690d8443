"""The stages; `python -m pipeline` runs all of them in one process."""

import signal
import sys
from pathlib import Path

# Import the library beside this folder, not an installed one: DVC runs queued experiments in copies of the repository.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

# Only in a command, for which `python -m` still has "-m" here: notebooks and tests that import this keep their Ctrl-C.
if sys.argv[0] == "-m" and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C during imports ends the command without a traceback
