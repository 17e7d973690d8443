"""dvc.yaml of a folder: its stages, what each declares, and in which order they run."""

from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path, PurePosixPath
from typing import Any

from tracked.errors import UserError
from tracked.messages import one_line

COMPOSE = "compose"  # the stage that writes params.yaml: it is started by `tracked compose`, and reads no data
MODELS = "models/*.npz"  # where a stage that trains something writes it


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
    """What stages train, by the names of the files models/NAME.npz that they write, with the stage of each."""
    stages = read(folder)
    paths = [(PurePosixPath(path), name) for name in before(folder) for path in outputs(stages[name])]
    return {path.stem: name for path, name in paths if path.match(MODELS)}
