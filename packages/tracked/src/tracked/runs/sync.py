"""Tell MLflow what DVC brought, once: the outputs that `dvc pull` or DVC's cache put where they belong.

`tracked sync`; `tracked ui` does it by itself. DVC runs nothing when it has nothing to make, so that no stage can log
what it came to. Stages tell it from their files (`outcome`); what no file keeps is left out.
"""

import argparse
import sys
from typing import TYPE_CHECKING

from tracked import imported
from tracked.dvc import inputs
from tracked.dvc.params import load
from tracked.errors import UserError
from tracked.faults import is_for_the_user
from tracked.messages import one_line
from tracked.project import WHOLE, here, project
from tracked.runs import REPRO
from tracked.settings.settings import Settings
from tracked.waiting import waiting

if TYPE_CHECKING:
    from tracked.store.store import Store


def sync() -> None:
    """Log the stages of which this store knows nothing, while their outputs are here as dvc.lock says, and register
    the models of them that it knows of trials alone, as those of `dvc exp run`.

    What can't be told of is said in a line. Raises StoreFailed when the store can't be opened.
    """
    if (settings := _settings()) is None:
        return
    from tracked.runs.delivery import deliver  # slow to import
    from tracked.store.store import Store

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
            print(f"warning: could not log all that DVC has fetched: {one_line(error)}", file=sys.stderr)


def to_do() -> bool:
    """Whether `sync` would log something. Leaves nothing imported that a served model brings itself."""
    if (settings := _settings()) is None:
        return False
    from tracked.store.store import Store

    store, before = Store.at(here().root), set(sys.modules)
    found = bool(_unknown(store, settings)) or _left_out(store)
    # The schema may use that code, and a module that is imported wins over the model's copy.
    imported.forget([project().served], kept=before)
    return found


def _settings() -> Settings | None:
    """The settings of params.yaml, if all outputs are here that dvc.lock tells of them."""
    try:
        settings = Settings(load(here().root / "params.yaml"), "params.yaml")
        there = inputs.all_there(settings.plain, here().root)
    except UserError:  # said by who needs them
        return None
    return settings if there else None


def _unknown(store: "Store", settings: Settings) -> list[str]:
    from tracked.runs import known

    return known.unknown(store, settings.fingerprint, _models())


def _left_out(store: "Store") -> bool:
    """Whether models lie here that this store has of trials, but not as registered versions."""
    from tracked.runs import known

    return known.left_out(store, _models().values())


def _models() -> dict[str, str]:
    """The md5 of each model, by the stage that trains it."""
    from tracked.runs import trained

    return {stage: trained.model_hash(here().root, model) for stage, model in project().trainings.items()}


def _log(store: "Store", settings: Settings, stages: list[str]) -> None:
    from tracked.pages import names
    from tracked.runs import champion
    from tracked.runs.computed import Computed
    from tracked.runs.result import Result
    from tracked.runs.run import stage_run

    outcomes = {stage: project().outcome(stage)(settings.valid, here().root) for stage in stages}
    told = f"Found outputs that MLflow has no run for: logging {', '.join(stages)} ..."
    print(told, file=sys.stderr)  # what standard output has may be for a program
    tags = {"command": REPRO, **_origin()}
    parent = store.configuration(settings.fingerprint, settings.plain, tags, WHOLE)
    for stage, outcome in outcomes.items():
        with stage_run(store, stage, settings.plain, parent, tags, names.of_stage(stage, settings.plain)) as run:
            for step, metrics in enumerate(outcome.curves, 1):
                run.report(step, metrics)
            told = run.log(Result.of(outcome, keeps=True), here().root, Computed(outcome, run.active_run))
        champion.tell_move(told)


def _register(store: "Store", settings: Settings) -> None:
    """Make the models here registered versions, as `dvc repro` would: DVC brought them from a trial of this store."""
    from tracked.runs import trained
    from tracked.runs.evaluation import Evaluation

    for stage in project().last():
        if evaluated := project().outcome(stage)(settings.valid, here().root).evaluated:
            moved = Evaluation(store, here().root, evaluated, trained.data_hash(here().root, stage)).register()
            print(moved or "registered the models that are in the working tree now", file=sys.stderr)


def _origin() -> dict[str, str]:
    """The commit that has this dvc.lock, as tags."""
    from tracked.secrets import git, provenance

    if told := provenance.unknown():
        return {"restored": provenance.UNKNOWN, **told}
    if git.ask("status", "--porcelain", "--", "dvc.lock"):
        return {"restored": "of no commit"}
    commit = git.ask("log", "-1", "--format=%H", "--", "dvc.lock").decode().strip()
    return {"restored": commit, "git_commit": commit, "git_dirty": "false"} if commit else {"restored": "of no commit"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(_given: argparse.Namespace) -> None:
    with waiting("Looking for outputs that MLflow has no run for"):
        sync()
