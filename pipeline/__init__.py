"""The stages; `python -m pipeline` runs all of them in one process."""

import atexit
import gc
import sys
from pathlib import Path

# The library beside this folder, not the installed one: DVC runs queued experiments in copies of the repository.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

# Imports make many objects and little garbage: looking for it costs a fifth of a stage's start, and 0.8 s at its end.
gc.set_threshold(50_000, 20, 20)
atexit.register(gc.freeze)

from digitrack import interrupts  # noqa: E402

interrupts.install()
