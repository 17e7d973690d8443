"""DVC, Hydra and MLflow joined: a stage is a plain function, and this is all around it.

`main(run)` starts a stage, whoever asks for it; an `Outcome` is what the stage returns.
"""

from tracked.outcome import Outcome, Served
from tracked.stages.main import main

__all__ = ["Outcome", "Served", "main"]
