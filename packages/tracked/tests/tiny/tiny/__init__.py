"""The stages."""

import sys
from pathlib import Path

sys.path.insert(
    0, str(Path(__file__).resolve().parents[1] / "src")
)  # `python -m tiny.STAGE` imports before `main` runs
