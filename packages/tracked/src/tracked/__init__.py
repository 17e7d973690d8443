"""DVC, Hydra and MLflow joined: a stage is a plain function, and this is all around it.

`main(run)` starts a stage, whoever asks for it; an `Outcome` is what the stage returns. `__all__` is the interface:
what stands in it is documented, and changes with the version's number. All else in this package is private, modules
included, and may change at any time.

None of these names imports MLflow, Hydra, DVC or pandas before it is called.
"""

from tracked.errors import UserError
from tracked.goal import Goal
from tracked.interface import champion, check_files, connect, load_settings, run_stage, script, search_runs
from tracked.outcome import Outcome, Report, Served
from tracked.pages.pages import Pages
from tracked.project import Project
from tracked.stages.main import main

__all__ = [
    "Goal",
    "Outcome",
    "Pages",
    "Project",
    "Report",
    "Served",
    "UserError",
    "champion",
    "check_files",
    "connect",
    "load_settings",
    "main",
    "run_stage",
    "script",
    "search_runs",
]
