"""What leans on DVC's private side: the only place to look when a new DVC breaks something.

DVC has no public way to compose Hydra as `dvc exp run` does (dvc/utils/hydra.py), nor to tell a folder's hash in
dvc.lock.
"""

import hashlib
import json
from pathlib import Path

from omegaconf import DictConfig, OmegaConf

from tracked.errors import UserError


def composition(conf: Path) -> DictConfig:
    """What conf/ says now, as `dvc exp run` composes it, not resolved yet. Raises UserError when Hydra refuses it."""
    from hydra import compose, initialize_config_dir  # slow to import

    try:
        with initialize_config_dir(str(conf.resolve()), version_base=None):
            return compose("config")
    except Exception as error:  # what Hydra raises for odd settings shares no base class
        raise UserError(f"conf/: {' '.join(str(error).split())}") from None


def written(composed: DictConfig) -> bytes:
    """A composition as DVC writes it to params.yaml, byte for byte. Raises UserError when it can't be resolved."""
    resolved = composed.copy()
    try:
        OmegaConf.resolve(resolved)
    except Exception as error:
        raise UserError(f"conf/: {' '.join(str(error).split())}{_hint(str(error))}") from None
    return OmegaConf.to_yaml(resolved).encode()


def _hint(message: str) -> str:
    unknown = "HydraConfig was not set" in message
    return ": DVC composes without Hydra's own settings, so ${hydra:...} works in `tracked run` alone" * unknown


def md5_of_folder(folder: Path) -> str:
    """A folder's hash in dvc.lock: of the JSON list of its files' hashes and names."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    rows = [{"md5": md5(p.read_bytes()), "relpath": p.relative_to(folder).as_posix()} for p in files]
    rows.sort(key=lambda row: row["relpath"])
    return md5(json.dumps(rows, sort_keys=True).encode()) + ".dir"


def md5(content: bytes) -> str:
    """The hash by which DVC knows a file."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
