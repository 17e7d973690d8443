"""Tell MLflow what DVC brought, once: the outputs that `dvc pull` or DVC's cache put where they belong.

`tracked sync`; `tracked ui` does it by itself. DVC runs nothing when it has nothing to make, so that no stage can log
what it came to. Stages tell it from their files (`outcome`); what no file keeps is left out.
"""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from tracked.errors import UserError
from tracked.faults import is_for_the_user
from tracked.messages import one_line
from tracked.project import WHOLE, here, project
from tracked.runs import REPRO
from tracked.settings.hashes import fingerprint
from tracked.settings.loading import load
from tracked.settings.validation import validate
from tracked.stages import inputs

if TYPE_CHECKING:
    from tracked.runs.store import Store


def sync() -> None:
    """Log the stages of which this store knows nothing, while their outputs are here as dvc.lock says, and register
    the models of them that it knows of trials alone, as those of `dvc exp run`.

    What can't be told of is said in a line. Raises StoreFailed when the store can't be opened.
    """
    if (settings := _settings()) is None:
        return
    from tracked.runs.delivery import deliver  # slow to import
    from tracked.runs.store import Store

    store = Store.at(here().root)
    deliver(store)
    with store.lock:
        try:
            if stages := _unknown(store, settings):
                _log(store, settings, stages)
            elif _left_out(store):
                _register(store, settings)
        except Exception as error:
            if not is_for_the_user(error):
                raise
            print(f"warning: not all that DVC brought is logged: {one_line(error)}", file=sys.stderr)


def to_do() -> bool:
    """Whether `sync` would log something. Imports nothing that a served model brings itself."""
    if (settings := _settings()) is None:
        return False
    from tracked.runs.store import Store

    store = Store.at(here().root)
    return bool(_unknown(store, settings)) or _left_out(store)


def _settings() -> dict[str, Any] | None:
    """The settings of params.yaml, if all outputs are here that dvc.lock tells of them."""
    try:
        settings = load(here().root / "params.yaml")
        there = inputs.all_there(settings, here().root)
    except UserError:  # said by who needs them
        return None
    return settings if there else None


def _unknown(store: "Store", settings: dict[str, Any]) -> list[str]:
    from tracked.runs import known

    return known.unknown(store, fingerprint(settings), _models())


def _left_out(store: "Store") -> bool:
    """Whether models lie here that this store has of trials, but not as registered versions."""
    from tracked.runs import known

    return known.left_out(store, _models().values())


def _models() -> dict[str, str]:
    """The md5 of each model, by the stage that trains it."""
    from tracked.runs import trained

    return {stage: trained.model_hash(here().root, model) for stage, model in project().trainings.items()}


def _log(store: "Store", settings: dict[str, Any], stages: list[str]) -> None:
    from tracked.runs import names, registry
    from tracked.runs.run import stage_run

    valid = validate(settings, "params.yaml")
    outcomes = {stage: project().outcome(stage)(valid, here().root) for stage in stages}
    told = f"No run of this store has all that DVC brought: logging {', '.join(stages)}, as restored ..."
    print(told, file=sys.stderr)  # what standard output has may be for a program
    tags = {"command": REPRO, **_origin()}
    parent = store.configuration(fingerprint(settings), settings, tags, WHOLE)
    for stage, outcome in outcomes.items():
        with stage_run(store, stage, settings, parent, tags, names.of_stage(stage, settings)) as run:
            for step, metrics in enumerate(outcome.curves, 1):
                run.report(step, metrics)
            told = run.log(outcome, here().root)
        registry.tell_move(told)


def _register(store: "Store", settings: dict[str, Any]) -> None:
    """Make the models here registered versions, as `dvc repro` would: DVC brought them from a trial of this store."""
    from tracked.runs import trained
    from tracked.runs.evaluation import Evaluation

    valid = validate(settings, "params.yaml")
    for stage in project().last():
        if about := project().outcome(stage)(valid, here().root).about:
            moved = Evaluation(store, here().root, about, trained.data_hash(here().root, stage)).register()
            print(moved or "registered the models that DVC brought", file=sys.stderr)


def _origin() -> dict[str, str]:
    """The commit that has this dvc.lock, as tags."""
    from tracked.runs import git, provenance

    if told := provenance.unknown():
        return {"restored": provenance.UNKNOWN, **told}
    if git.ask("status", "--porcelain", "--", "dvc.lock"):
        return {"restored": "of no commit"}
    commit = git.ask("log", "-1", "--format=%H", "--", "dvc.lock").decode().strip()
    return {"restored": commit, "git_commit": commit, "git_dirty": "false"} if commit else {"restored": "of no commit"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(_given: argparse.Namespace) -> None:
    sync()
