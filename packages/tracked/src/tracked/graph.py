"""dvc.yaml of a folder: its stages, what each declares, and in which order they run."""

from collections.abc import Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path, PurePosixPath
from typing import Any

from tracked.errors import UserError
from tracked.messages import one_line

COMPOSE = "compose"  # the stage that writes params.yaml: it is started by `tracked compose`, and reads no data
MODELS = ("models/*", "model", "model.*")  # where a stage that trains something writes it, unless the project says


@cache
def read(folder: Path) -> dict[str, Any]:
    """The stages as dvc.yaml has them. Raises UserError when it can't be read."""
    import yaml  # whoever imports tracked need not wait for it

    try:
        stages = yaml.safe_load((folder / "dvc.yaml").read_bytes())["stages"]
        for stage in stages.values():
            outputs(stage)
    except FileNotFoundError:
        raise UserError(f"{folder / 'dvc.yaml'} is missing: it declares the stages") from None
    except (yaml.YAMLError, ValueError, KeyError, TypeError, AttributeError) as error:
        told = f"{type(error).__name__}: {one_line(error)}"
        raise UserError(f"dvc.yaml can't be read ({told}): `git diff dvc.yaml`") from None
    return stages


def outputs(stage: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The outputs of a stage, with what is said of each."""
    entries = [entry for kind in ("outs", "metrics", "plots") for entry in stage.get(kind, [])]
    return {
        path: said for entry in entries for path, said in (entry if isinstance(entry, dict) else {entry: {}}).items()
    }


@cache
def before(folder: Path) -> dict[str, tuple[str, ...]]:
    """The stages in running order, each with those just before it; `compose` is none of them. Raises UserError."""
    stages = {name: stage for name, stage in read(folder).items() if name != COMPOSE}
    makers = {path: name for name, stage in stages.items() for path in outputs(stage)}
    found = {
        name: tuple(dict.fromkeys(makers[dep] for dep in stage.get("deps", []) if dep in makers))
        for name, stage in stages.items()
    }
    try:
        return {name: found[name] for name in TopologicalSorter(found).static_order()}
    except CycleError as error:
        raise UserError(f"dvc.yaml: {' -> '.join(reversed(error.args[1]))} is a circle") from None


def models(folder: Path) -> dict[str, str]:
    """The outputs that are models by where they lie, each by its name: models/NAME, models/NAME.*, model or model.*"""
    found: dict[str, str] = {}
    for path in (PurePosixPath(path) for name in before(folder) for path in _outs(folder, name)):
        if any(path.match(pattern) and len(path.parts) == len(PurePosixPath(pattern).parts) for pattern in MODELS):
            found.setdefault(path.stem, str(path))
    return found


def trainings(folder: Path, models: Mapping[str, str]) -> dict[str, str]:
    """Of models, by name with what each is written to, the names by the stage that does. Raises UserError."""
    makers = {path: name for name in before(folder) for path in _outs(folder, name)}
    for model, path in models.items():
        if path not in makers:
            raise UserError(
                f"models={{{model!r}: {path!r}}} in Project(...): no stage of dvc.yaml has the output {path}"
            )
    return {makers[path]: model for model, path in models.items()}


def _outs(folder: Path, stage: str) -> list[str]:
    """The outputs of a stage that are neither metrics nor plots."""
    entries = read(folder)[stage].get("outs", [])
    return [path for entry in entries for path in (entry if isinstance(entry, dict) else [entry])]
