"""Hydra finds sweepers only in this folder, and knows them by the module that their class is written in.

It imports this at every start, so that nothing slow may stand here: tracked.sweeps imports that when a sweep runs. DVC
does so too when it composes, before any code of the project runs: this is where settings can be kept from the
environment, and Hydra from other folders.
"""

from tracked.settings import environment, search_path
from tracked.sweeps import grid, optuna_search

environment.close()
search_path.close()


class Grid(grid.Grid):
    """Every combination of the values given: hydra/sweeper=grid."""


class Optuna(optuna_search.Optuna):
    """The values that Optuna asks for: hydra/sweeper=optuna."""
