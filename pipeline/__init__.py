"""The stages; `python -m pipeline` runs all of them in one process."""

import sys
from pathlib import Path

# The libraries beside this folder, not the installed ones: DVC runs queued experiments in copies of the repository.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
