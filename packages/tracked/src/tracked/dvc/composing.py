"""The stage that composes conf/ into params.yaml, and keeps what was applied to it: by hand, or by `dvc exp apply`.

DVC composes Hydra in `dvc exp run` only; this makes `dvc repro` follow conf/ too. conf.lock.yaml tells an applied value
from conf/'s own: it is what conf/ said when params.yaml was written. The stage writes it, and it is committed, so that
`dvc exp apply`, `git checkout` and DVC's copies bring the one that belongs to params.yaml.
"""

import argparse
import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from tracked.dvc import copied, declared, internals, lock_file, params
from tracked.dvc.meanwhile import Seen
from tracked.dvc.merging import at, merge, overrides
from tracked.errors import UserError
from tracked.project import here, project, resolved
from tracked.settings import yaml_file
from tracked.settings.loading import as_dict, load, refuse_overridden_secrets
from tracked.settings.settings import Settings
from tracked.waiting import waiting

CONF, PARAMS, RECORD, LOCK = Path("conf"), Path("params.yaml"), Path("conf.lock.yaml"), Path("dvc.lock")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(_given: argparse.Namespace) -> None:
    os.chdir(here().code)
    compose()


def compose() -> None:
    """Write params.yaml and the record of conf/. Raises UserError, and writes nothing, when they can't be merged."""
    seen = Seen("compose")
    yaml_file.check_folder(CONF)
    before = _last_run(lock_file.stages(LOCK, declared.from_root))
    composed = internals.composition(CONF)
    new, conf = internals.written(composed), as_dict(composed)
    if os.environ.get("DVC_EXP_NAME"):  # `dvc exp run` has composed, with its own overrides
        now = params.load(PARAMS)
        refuse_overridden_secrets(now, conf)
        _check_params(now, before)
        _tell_lost(_recorded(conf), before, now, conf)
        RECORD.write_bytes(new)
        return
    if not PARAMS.exists():
        _check(conf, "conf/", before)
        seen.check()
        PARAMS.write_bytes(new)
        RECORD.write_bytes(new)
        return
    applied = params.load(PARAMS)
    of_conf = Settings(conf)
    merged = merge(of_conf.complete(_recorded(conf)), of_conf.complete(applied), conf)
    if merged.conflicts:
        raise UserError(
            f"both params.yaml and conf/ were changed: {_shown(merged.conflicts, 'conf/: {}, params.yaml: {}')}; "
            "make them the same, or `rm params.yaml` to take conf/; nothing was written"
        )
    if merged.settings == applied != conf:
        _check_params(applied, before)
    else:
        _check(merged.settings, "conf/", before)
    seen.check()
    recorded = RECORD.exists() and _recorded({}) != {}
    if merged.settings != applied or not merged.applied:
        PARAMS.write_bytes(new if not merged.applied else OmegaConf.to_yaml(OmegaConf.create(merged.settings)).encode())
    RECORD.write_bytes(new)
    if merged.applied and not recorded:
        print(
            f"compose: {RECORD} is missing or damaged: taking what conf/ says now for what it said then",
            file=sys.stderr,
        )
    if merged.applied:
        told = _shown(merged.applied, "{} -> {}")
        print(f"compose: keeps what params.yaml has in place of conf/'s ({told}); `rm params.yaml` takes conf/ again")


def applied_values() -> dict[str, tuple[Any, Any]]:
    """By dotted key, what conf/ said and what params.yaml has in its place; {} where nothing was applied, or no record
    tells."""
    try:
        conf = load(here().code / RECORD)
        return merge(conf, Settings(conf).complete(params.load(here().code / PARAMS)), conf).applied
    except UserError:
        return {}


def _recorded(conf: dict[str, Any]) -> dict[str, Any]:
    """What conf/ said when params.yaml was written; what it says now where no record tells."""
    try:
        return load(RECORD)
    except UserError:
        return conf


def _tell_lost(then: dict[str, Any], before: dict[str, Any], now: dict[str, Any], conf: dict[str, Any]) -> None:
    """Say which applied values `dvc exp run` has replaced by conf/'s: it composes before any stage."""
    for key, (_, value) in merge(then, Settings(then).complete({**then, **before}), then).applied.items():
        new, said = at(now, key), at(conf, key)
        if new != value and new == said:
            keeps = shlex.join(word for one in overrides(key, said, value) for word in ("-S", one))
            print(f"compose: {key}: {value} -> {new} (conf/); to keep it, give {keeps}", file=sys.stderr)


def _shown(changes: Mapping[str, tuple[Any, Any]], how: str) -> str:
    return ", ".join(f"{key}: {how.format(*values)}" for key, values in changes.items())


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
    with waiting("Checking the settings"):
        valid = Settings(settings, source).valid
        copied.check(settings)
        if project().check:
            resolved(project().check)(valid, {key for key in settings if settings[key] != before.get(key)})


def _last_run(lock: dict[str, Any]) -> dict[str, Any]:
    """The settings that the stages ran with last."""
    settings: dict[str, Any] = {}
    for entry in lock.values():
        settings.update(lock_file.settings(entry))
    return settings
