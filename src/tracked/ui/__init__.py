"""MLflow's UI on this project's runs."""

from tracked.ui.server import main

__all__ = ["main"]
