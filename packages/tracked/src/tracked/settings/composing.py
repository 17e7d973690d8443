"""The stage that composes conf/ into params.yaml, unless params.yaml was edited by hand.

DVC composes Hydra in `dvc exp run` only; this makes `dvc repro` follow conf/ too.
"""

import argparse
import os
from pathlib import Path
from typing import Any

from tracked.errors import UserError
from tracked.meanwhile import Seen
from tracked.project import here, project, resolved
from tracked.settings import dvc_internals, hashes, lock_file, yaml_file
from tracked.settings.comparing import changes
from tracked.settings.loading import as_dict, load, refuse_overridden_secrets
from tracked.settings.validation import validate

CONF, PARAMS, LOCK = Path("conf"), Path("params.yaml"), Path("dvc.lock")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(_given: argparse.Namespace) -> None:
    os.chdir(here().code)
    compose()


def compose() -> None:
    """Write, keep or refuse params.yaml, by what changed since dvc.lock was written."""
    seen = Seen("compose")
    yaml_file.check_folder(CONF)
    lock = lock_file.stages(LOCK)
    before = _last_run(lock)
    if os.environ.get("DVC_EXP_NAME"):  # `dvc exp run` has composed, with its own overrides
        given = load(PARAMS)
        refuse_overridden_secrets(given, as_dict(dvc_internals.composition(CONF)))
        _check_params(given, before)
        return
    entry = lock.get("compose", {})
    recorded = lock_file.hashes(entry, "deps") | lock_file.hashes(entry, "outs")
    composed = dvc_internals.composition(CONF)
    new, settings = dvc_internals.written(composed), as_dict(composed)
    as_recorded = (recorded.get(PARAMS.name), hashes.md5_of_content(new))
    if not PARAMS.exists() or hashes.md5(PARAMS) in as_recorded:
        _check(settings, "conf/", before)
        seen.check()
        PARAMS.write_bytes(new)
        return
    by_hand = load(PARAMS)
    _check_params(by_hand, before)
    if hashes.md5_of_folder(CONF) != recorded.get(CONF.name):
        raise UserError(
            f"params.yaml was edited ({changes(before, by_hand)}) and so was conf/ ({changes(before, settings)}): "
            "either `rm params.yaml` to take conf/, or `git checkout conf` to take params.yaml; nothing was written"
        )
    seen.check()
    print(f"compose: keeps the edited params.yaml ({changes(settings, by_hand)})")


def _check_params(settings: dict[str, Any], before: dict[str, Any]) -> None:
    """Refuse a wrong params.yaml with its remedy: a refused `dvc exp run` leaves it wrong for whatever runs next."""
    try:
        _check(settings, PARAMS.name, before)
    except (UserError, project().refusal) as error:
        if here().root != here().code:  # `dvc exp run --temp` and the queue: the copy is thrown away
            raise
        remedy = "`git checkout params.yaml` brings the committed one back (a refused `dvc exp run` leaves its own)"
        raise UserError(f"{error}; {remedy}") from None


def _check(settings: dict[str, Any], source: str, before: dict[str, Any]) -> None:
    """Refuse settings that a stage would refuse, before DVC has removed anything."""
    valid = validate(settings, source)
    if project().check:
        resolved(project().check)(valid, {key for key in settings if settings[key] != before.get(key)})


def _last_run(lock: dict[str, Any]) -> dict[str, Any]:
    """The settings that the stages ran with last."""
    settings: dict[str, Any] = {}
    for entry in lock.values():
        settings.update(lock_file.settings(entry))
    return settings
