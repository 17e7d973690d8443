"""What runs are called: by what ran, and by what differs from the settings that are committed."""

from collections.abc import Mapping
from typing import Any

import yaml

from tracked.dvc import declared
from tracked.hashes import fingerprint
from tracked.project import WHOLE, per_project, project
from tracked.secrets import git

MOST = 4  # differences that a name has room for
LONGEST = 250  # characters of the column that MLflow keeps it in; of its databases, only SQLite takes more


def cut(name: str) -> str:
    """A name as MLflow's databases take it."""
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 4]} ..."


def of_configuration(started: str, settings: Mapping[str, Any]) -> str:
    """The name of a configuration's run, `started` as a stage or as the whole pipeline: "train_numpy, n_hidden=20"."""
    what = "pipeline" if started == WHOLE else started
    return _named(what, settings) or ", as in ".join([what, *committed_as()])


def of_stage(stage: str, settings: Mapping[str, Any]) -> str:
    """The name of a stage's run: what differs in its own section; of a training, which views list by itself, what
    differs of all that it or a stage before it reads."""
    read = declared.sections([*project().before(stage), stage]) if project().model(stage) else {stage}
    return _named(stage, {key: value for key, value in settings.items() if key in read}) or stage


def started_alone(name: str) -> str | None:
    """The stage whose start alone gave a configuration's run its name, if one did."""
    what = name.partition(",")[0]
    return what if what in project().stages else None


def _named(what: str, settings: Mapping[str, Any]) -> str:
    """`what` with the differences, or "" when there is none, or none is known."""
    before, now = project().page.flat(committed()), project().page.flat(settings)
    if not before:
        return ""
    changed = [f"{key.removeprefix(f'{what}.')}={now[key]}" for key in now if now[key] != before.get(key, "None")]
    rest = changed[MOST:]
    more = [f"{len(rest)} more ({fingerprint({'rest': rest})[:4]})"] if rest else []  # that tells it from others
    return ", ".join([what, *changed[:MOST], *more]) if changed else ""


@per_project
def committed() -> dict[str, Any]:
    """The settings of the last commit, which the pipeline ran with; none where there is no commit."""
    try:
        found = yaml.safe_load(git.ask("show", "HEAD:params.yaml"))
    except yaml.YAMLError:
        return {}
    return found if isinstance(found, dict) else {}


def committed_as() -> list[str]:
    """The short hash of the last commit, if there is one."""
    return git.ask("rev-parse", "--short", "HEAD").decode().split()
