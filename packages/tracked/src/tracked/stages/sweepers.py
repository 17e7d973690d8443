"""The sweepers of this library, as Hydra finds them."""

from hydra.core.config_store import ConfigStore
from hydra.core.plugins import Plugins

DEFAULT = "hydra/sweeper=grid"  # where nothing else is chosen
# By their names in conf/hydra/sweeper/, where a file of the same name comes first.
SWEEPERS = {
    "grid": {"_target_": "hydra_plugins.tracked_sweepers.Grid", "params": None, "objective": None, "rerun": False},
    "optuna": {
        "_target_": "hydra_plugins.tracked_sweepers.Optuna",
        **{"params": None, "objective": None, "rerun": False},
        **{"n_trials": 40, "at_once": None, "seed": 0, "pruner": None},
    },
}


def register() -> None:
    """Have Hydra know them in this process."""
    Plugins.instance()  # another plugin may give its sweeper one of our names, and is to do so before
    for name, node in SWEEPERS.items():
        ConfigStore.instance().store(group="hydra/sweeper", name=name, node=node, provider="tracked")
