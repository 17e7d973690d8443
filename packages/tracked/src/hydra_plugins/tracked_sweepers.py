"""Hydra finds sweepers only in this folder, and imports it in every application: nothing else is imported here."""

from typing import Any

from hydra.plugins.sweeper import Sweeper


class _Late:  # no Sweeper itself: Hydra would list it
    """Imports the sweeper, and makes it, when a sweep begins."""

    def __init__(self, **settings: Any) -> None:
        self.settings = settings

    def setup(self, **given: Any) -> None:
        self.given = given

    def sweep(self, arguments: list[str]) -> None:
        from tracked.sweeps import grid, optuna_search

        kind = {"Grid": grid.Grid, "Optuna": optuna_search.Optuna}[type(self).__name__]
        made = kind(**self.settings)
        made.setup(**self.given)
        made.sweep(arguments)


class Grid(_Late, Sweeper):
    """Every combination of the values given: `tracked.sweeps.grid.Grid` has its settings."""


class Optuna(_Late, Sweeper):
    """The values that Optuna asks for: `tracked.sweeps.optuna_search.Optuna` has its settings."""
