"""What leans on DVC's private side: the only place to look when a new DVC breaks something.

DVC has no public way to compose Hydra as `dvc exp run` does.
"""

from pathlib import Path

from omegaconf import DictConfig, OmegaConf

from tracked.errors import UserError
from tracked.messages import one_line


def composition(conf: Path) -> DictConfig:
    """What conf/ says now, as `dvc exp run` composes it, not resolved yet. Raises UserError when Hydra refuses it."""
    from hydra import compose, initialize_config_dir  # slow to import

    try:
        with initialize_config_dir(str(conf.resolve()), version_base=None):
            return compose("config")
    except Exception as error:  # what Hydra raises for odd settings shares no base class
        raise UserError(f"conf/: {one_line(error)}") from None


def written(composed: DictConfig) -> bytes:
    """A composition as DVC writes it to params.yaml, byte for byte. Raises UserError when it can't be resolved."""
    resolved = composed.copy()
    try:
        OmegaConf.resolve(resolved)
    except Exception as error:
        raise UserError(f"conf/: {one_line(error)}{_hint(str(error))}") from None
    return OmegaConf.to_yaml(resolved).encode()


def _hint(message: str) -> str:
    unknown = "HydraConfig was not set" in message
    return ": DVC composes without Hydra's own settings, so ${hydra:...} works in `tracked run` alone" * unknown
