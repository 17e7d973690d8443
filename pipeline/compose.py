"""Compose conf/ into params.yaml, unless params.yaml was edited by hand.

DVC composes Hydra in `dvc exp run` only; this stage makes `dvc repro` follow conf/ too.
"""

import hashlib
import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dvc.utils.hydra import compose_and_dump
from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException

from digitrack import config
from digitrack.errors import UserError
from pipeline import stage

CONF, PARAMS, LOCK = Path("conf"), Path("params.yaml"), Path("dvc.lock")


def composition() -> bytes:
    """What conf/ says now, byte for byte as `dvc exp run` would write it."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "params.yaml"
        try:
            compose_and_dump(str(file), str(CONF.resolve()), None, "config", "", [])
        except (HydraException, OmegaConfBaseException) as error:
            raise UserError(f"conf/: {error}") from None
        return file.read_bytes()


def check(settings: dict[str, Any], source: str, before: dict[str, Any]) -> None:
    """Refuse settings that a stage would refuse, before DVC has removed anything."""
    cfg = config.validate(settings, source)
    keras_nodes = ("optimizer", "kernel_initializer")
    last = before.get("train_keras", {})
    if any(settings["train_keras"][node] != last.get(node) for node in keras_nodes):
        from digitrack import keras_net  # slow to import, so only when there is something new to check

        keras_net.check(cfg.train_keras)
    if any(settings[key] != before.get(key) for key in ("data", "split")):
        from digitrack import dataset  # imports scikit-learn, so only then

        dataset.make(cfg.data, cfg.split, cfg.seed)


def last_run(lock: dict[str, Any]) -> dict[str, Any]:
    """The settings that the stages ran with last."""
    settings: dict[str, Any] = {}
    for entry in lock.values():
        settings.update(entry.get("params", {}).get(PARAMS.name, {}))
    return settings


def directory_md5(folder: Path) -> str:
    """A folder's hash in dvc.lock: of the JSON list of its files' hashes and names."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    rows = [{"md5": md5(p.read_bytes()), "relpath": p.relative_to(folder).as_posix()} for p in files]
    rows.sort(key=lambda row: row["relpath"])
    return md5(json.dumps(rows, sort_keys=True).encode()) + ".dir"


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def flat(settings: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Settings by dotted key."""
    out: dict[str, Any] = {}
    for key, value in settings.items():
        out.update(flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value})
    return out


def changes(old: dict[str, Any], new: dict[str, Any]) -> str:
    """The keys whose value differs, with both values."""
    a, b = flat(old), flat(new)
    keys = [key for key in sorted(a | b) if a.get(key) != b.get(key)]
    return ", ".join(f"{key}: {a.get(key)} -> {b.get(key)}" for key in keys)


def compose() -> None:
    """Write, keep or refuse params.yaml, by what changed since dvc.lock was written."""
    lock = config.load(LOCK)["stages"] if LOCK.exists() else {}
    before = last_run(lock)
    if os.environ.get("DVC_EXP_NAME"):  # `dvc exp run` has composed, with its own overrides
        check(config.load(PARAMS), "params.yaml", before)
        return
    entry = lock.get("compose", {})
    recorded = {item["path"]: item.get("md5") for key in ("deps", "outs") for item in entry.get(key, [])}
    new = composition()
    settings = config.loads(new.decode())
    edited = PARAMS.exists() and md5(PARAMS.read_bytes()) not in (recorded.get("params.yaml"), md5(new))
    if not edited:
        check(settings, "conf/", before)
        PARAMS.write_bytes(new)
        return
    by_hand = config.load(PARAMS)
    if directory_md5(CONF) != recorded.get("conf"):
        raise UserError(
            f"params.yaml was edited ({changes(before, by_hand)}) and so was conf/ ({changes(before, settings)}): "
            "either `rm params.yaml` to take conf/, or `git checkout conf` to take params.yaml; nothing was written"
        )
    check(by_hand, "params.yaml", before)
    print(f"compose: keeps the edited params.yaml ({changes(settings, by_hand)})")


if __name__ == "__main__":
    try:
        compose()
    except (UserError, OSError) as error:
        sys.exit(stage.one_line(error))
